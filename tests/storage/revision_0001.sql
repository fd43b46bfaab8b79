-- A database as revision 0001 left it: a job in every state, with its money.
-- Made by the program of that time; not to be edited.
BEGIN TRANSACTION;
CREATE TABLE account (
	id INTEGER NOT NULL,
	guild_id BIGINT NOT NULL,
	kind VARCHAR(16) NOT NULL,
	member_id BIGINT NOT NULL,
	posted BIGINT DEFAULT '0' NOT NULL,
	held BIGINT DEFAULT '0' NOT NULL,
	entries INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_account PRIMARY KEY (id),
	CONSTRAINT uq_account_guild_id UNIQUE (guild_id, kind, member_id),
	CONSTRAINT ck_account_held CHECK (held >= 0),
	CONSTRAINT ck_account_available CHECK (kind = 'house' OR posted >= held),
	CONSTRAINT ck_account_house CHECK ((kind = 'house') = (member_id = 0)),
	CONSTRAINT ck_account_kind CHECK (kind IN ('member', 'house'))
);
INSERT INTO "account" VALUES(1,11,'member',22,142,16,8);
INSERT INTO "account" VALUES(2,11,'member',23,100,24,8);
INSERT INTO "account" VALUES(3,11,'house',0,-3,0,1);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE entry (
	source TEXT NOT NULL,
	phase VARCHAR(16) NOT NULL,
	account_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	posted_change BIGINT NOT NULL,
	held_change BIGINT NOT NULL,
	posted_after BIGINT NOT NULL,
	held_after BIGINT NOT NULL,
	actor_id BIGINT,
	reason TEXT,
	at BIGINT NOT NULL,
	CONSTRAINT pk_entry PRIMARY KEY (source, phase),
	CONSTRAINT uq_entry_account_id UNIQUE (account_id, number),
	CONSTRAINT fk_entry_account_id FOREIGN KEY(account_id) REFERENCES account (id)
)
 WITHOUT ROWID

;
INSERT INTO "entry" VALUES('1','hold',2,2,0,8,100,8,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('2','hold',1,3,0,8,150,8,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('3','hold',2,3,0,8,100,16,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('4','hold',1,4,0,8,150,16,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('5','hold',2,4,0,8,100,24,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('6','hold',1,5,0,8,150,24,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('6','settle',1,6,-6,-8,144,16,NULL,NULL,1777896090000000);
INSERT INTO "entry" VALUES('7','hold',2,5,0,8,100,32,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('7','loss',3,1,-3,0,-3,0,NULL,NULL,1777896060000000);
INSERT INTO "entry" VALUES('7','settle',2,6,0,-8,100,24,NULL,NULL,1777896060000000);
INSERT INTO "entry" VALUES('8','hold',1,7,0,8,144,24,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('8','settle',1,8,-2,-8,142,16,NULL,NULL,1777896060000000);
INSERT INTO "entry" VALUES('9','hold',2,7,0,8,100,32,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('9','settle',2,8,0,-8,100,24,NULL,NULL,1777896060000000);
INSERT INTO "entry" VALUES('grant:1','grant',1,2,50,0,150,0,99,'a contest',1777896000000000);
INSERT INTO "entry" VALUES('welcome:11:22','grant',1,1,100,0,100,0,NULL,NULL,1777896000000000);
INSERT INTO "entry" VALUES('welcome:11:23','grant',2,1,100,0,100,0,NULL,NULL,1777896000000000);
CREATE TABLE guild (
	guild_id BIGINT NOT NULL,
	starting_credits INTEGER DEFAULT '100' NOT NULL,
	CONSTRAINT pk_guild PRIMARY KEY (guild_id),
	CONSTRAINT ck_guild_starting_credits CHECK (starting_credits >= 0)
);
CREATE TABLE hold (
	job_id TEXT NOT NULL,
	account_id INTEGER NOT NULL,
	credits BIGINT NOT NULL,
	state VARCHAR(16) NOT NULL,
	captured_credits BIGINT DEFAULT '0' NOT NULL,
	CONSTRAINT pk_hold PRIMARY KEY (job_id),
	CONSTRAINT ck_hold_credits CHECK (credits >= 0),
	CONSTRAINT ck_hold_captured_credits CHECK (captured_credits BETWEEN 0 AND credits),
	CONSTRAINT ck_hold_uncaptured CHECK (state = 'captured' OR captured_credits = 0),
	CONSTRAINT ck_hold_state CHECK (state IN ('held', 'captured', 'released')),
	CONSTRAINT fk_hold_account_id FOREIGN KEY(account_id) REFERENCES account (id)
)
 WITHOUT ROWID

;
INSERT INTO "hold" VALUES('1',2,8,'held',0);
INSERT INTO "hold" VALUES('2',1,8,'held',0);
INSERT INTO "hold" VALUES('3',2,8,'held',0);
INSERT INTO "hold" VALUES('4',1,8,'held',0);
INSERT INTO "hold" VALUES('5',2,8,'held',0);
INSERT INTO "hold" VALUES('6',1,8,'captured',6);
INSERT INTO "hold" VALUES('7',2,8,'released',0);
INSERT INTO "hold" VALUES('8',1,8,'captured',2);
INSERT INTO "hold" VALUES('9',2,8,'released',0);
CREATE TABLE job (
	id TEXT NOT NULL,
	interaction_id BIGINT NOT NULL,
	guild_id BIGINT NOT NULL,
	channel_id BIGINT NOT NULL,
	member_id BIGINT NOT NULL,
	reply_id BIGINT,
	thread_id BIGINT,
	provider TEXT NOT NULL,
	model TEXT NOT NULL,
	prompt TEXT NOT NULL,
	seconds INTEGER NOT NULL,
	shape TEXT NOT NULL,
	seed BIGINT NOT NULL,
	picture TEXT NOT NULL,
	price_credits BIGINT NOT NULL,
	state VARCHAR(16) DEFAULT 'queued' NOT NULL,
	status_id BIGINT,
	clip_id BIGINT,
	task JSON,
	clip TEXT,
	progress FLOAT,
	failure TEXT,
	billed_microdollars BIGINT,
	paid_credits BIGINT,
	cancel_requested BOOLEAN DEFAULT 0 NOT NULL,
	created_at BIGINT NOT NULL,
	started_at BIGINT,
	finished_at BIGINT,
	due_at BIGINT,
	lease_until BIGINT,
	woken BOOLEAN DEFAULT 0 NOT NULL,
	fence INTEGER DEFAULT '0' NOT NULL,
	visits INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_job PRIMARY KEY (id),
	CONSTRAINT fk_job_id FOREIGN KEY(id) REFERENCES hold (job_id),
	CONSTRAINT uq_job_interaction_id UNIQUE (interaction_id)
);
INSERT INTO "job" VALUES('1',1,11,33,23,501,NULL,'local','depth','prompt 1',5,'9:16',1,'1.jpg',8,'queued',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1777896000000000,NULL,NULL,1777896001000000,NULL,0,1,1);
INSERT INTO "job" VALUES('2',2,11,33,22,502,602,'local','depth','prompt 2',5,'1:1',2,'2.jpg',8,'submitting',702,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1777896000000000,1777896001000000,NULL,1777896002000000,1777896060000000,0,1,1);
INSERT INTO "job" VALUES('3',3,11,33,23,503,603,'local','depth','snow, it''s “falling”
slowly',5,'16:9',3,'3.jpg',8,'running',703,NULL,'{"id": "task-3", "attempt": 1}',NULL,0.25,NULL,NULL,NULL,1,1777896000000000,1777896001000000,NULL,1777896002000000,1777896060000000,1,1,1);
INSERT INTO "job" VALUES('4',4,11,33,22,504,604,'local','depth','prompt 4',5,'9:16',4,'4.jpg',8,'fetched',704,NULL,'{"id": "task-4", "attempt": 1}','4.mp4',0.25,NULL,60000,NULL,0,1777896000000000,1777896001000000,NULL,1777896004000000,1777896060000000,0,1,1);
INSERT INTO "job" VALUES('5',5,11,33,23,505,605,'local','depth','prompt 5',5,'1:1',5,'5.jpg',8,'unknown',705,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1777896000000000,1777896001000000,NULL,1777896005000000,1777896060000000,0,1,1);
INSERT INTO "job" VALUES('6',6,11,33,22,506,606,'local','depth','prompt 6',5,'16:9',6,'6.jpg',8,'delivered',706,806,'{"id": "task-6", "attempt": 1}','6.mp4',0.25,NULL,60000,6,0,1777896000000000,1777896001000000,1777896090000000,1777896091000000,NULL,0,1,1);
INSERT INTO "job" VALUES('7',7,11,33,23,507,NULL,'local','depth','prompt 7',5,'9:16',7,'7.jpg',8,'failed',NULL,NULL,NULL,NULL,NULL,'provider_fault',30000,0,0,1777896000000000,NULL,1777896060000000,NULL,NULL,0,1,1);
INSERT INTO "job" VALUES('8',8,11,33,22,508,NULL,'local','depth','prompt 8',5,'1:1',8,'8.jpg',8,'cancelled',NULL,NULL,NULL,NULL,NULL,'cancelled_late',NULL,2,0,1777896000000000,NULL,1777896060000000,NULL,NULL,0,1,1);
INSERT INTO "job" VALUES('9',9,11,33,23,509,609,'local','depth','prompt 9',5,'16:9',9,'9.jpg',8,'needs_review',709,NULL,NULL,NULL,NULL,'lost',NULL,0,0,1777896000000000,1777896001000000,1777896060000000,NULL,NULL,0,1,1);
CREATE TABLE meta (
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_meta PRIMARY KEY ("key")
);
CREATE INDEX job_due ON job (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX job_leased ON job (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX job_line ON job (provider, state, created_at) WHERE finished_at IS NULL;
CREATE INDEX job_of_member ON job (guild_id, member_id, created_at);
CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER hold_delete BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'holds are never deleted'); END;
CREATE TRIGGER job_delete BEFORE DELETE ON job BEGIN SELECT RAISE(ABORT, 'jobs are never deleted'); END;
COMMIT;
