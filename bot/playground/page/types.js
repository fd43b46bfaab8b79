/**
 * The shapes the server sends: Discord's own objects, as far as this page reads them.
 *
 * @typedef {string} Id  A snowflake.
 *
 * @typedef {object} User
 * @property {Id} id
 * @property {string} username
 * @property {string | null} [global_name]
 * @property {boolean} [bot]
 * @property {boolean} [moderator]
 * @property {string} [colour]  #rrggbb
 *
 * @typedef {object} Role
 * @property {Id} id
 * @property {string} name
 *
 * @typedef {object} Channel
 * @property {Id} id
 * @property {number} type  10, 11 and 12 are threads.
 * @property {string} name
 * @property {Id | null} [parent_id]
 * @property {string | null} [topic]
 * @property {number} [position]
 * @property {number} [message_count]
 * @property {{archived?: boolean, locked?: boolean}} [thread_metadata]
 *
 * @typedef {object} Attachment
 * @property {string} filename
 * @property {string} url
 * @property {number} [size]
 * @property {string} [content_type]
 * @property {string | null} [description]
 * @property {number | null} [width]
 * @property {number | null} [height]
 *
 * @typedef {object} Media  An "unfurled media item".
 * @property {string} url
 * @property {string} [content_type]
 * @property {number | null} [width]
 * @property {number | null} [height]
 *
 * @typedef {{name?: string | null, id?: Id | null}} Emoji
 *
 * @typedef {object} SelectOption
 * @property {string} label
 * @property {string} value
 * @property {string} [description]
 * @property {Emoji} [emoji]
 * @property {boolean} [default]
 *
 * @typedef {object} Component  Any component; `type` says which properties are there.
 * @property {number} type
 * @property {number} [id]
 * @property {string} [custom_id]
 * @property {string} [content]
 * @property {string} [label]
 * @property {string | null} [description]
 * @property {number} [style]
 * @property {boolean} [disabled]
 * @property {Emoji} [emoji]
 * @property {string} [url]
 * @property {Component[]} [components]
 * @property {Component} [component]
 * @property {Component} [accessory]
 * @property {number | null} [accent_color]
 * @property {boolean} [spoiler]
 * @property {boolean} [divider]
 * @property {number} [spacing]
 * @property {Media} [media]
 * @property {Media} [file]
 * @property {string} [name]
 * @property {number} [size]
 * @property {{media: Media, description?: string | null, spoiler?: boolean}[]} [items]
 * @property {SelectOption[]} [options]
 * @property {{id: Id}[]} [default_values]
 * @property {number[]} [channel_types]
 * @property {string} [placeholder]
 * @property {string} [value]
 * @property {boolean} [required]
 * @property {number} [min_values]
 * @property {number} [max_values]
 * @property {number} [min_length]
 * @property {number} [max_length]
 *
 * @typedef {object} Embed
 * @property {string} [title]
 * @property {string} [description]
 * @property {string} [url]
 * @property {number | null} [color]
 * @property {string} [timestamp]
 * @property {{name: string, url?: string}} [author]
 * @property {{text: string}} [footer]
 * @property {Media} [image]
 * @property {Media} [thumbnail]
 * @property {{name: string, value: string, inline?: boolean}[]} [fields]
 *
 * @typedef {object} Message
 * @property {Id} id
 * @property {Id} channel_id
 * @property {number} [type]
 * @property {number} [flags]
 * @property {User} author
 * @property {string} content
 * @property {string} timestamp
 * @property {string | null} [edited_timestamp]
 * @property {Embed[]} [embeds]
 * @property {Attachment[]} [attachments]
 * @property {Component[]} [components]
 * @property {{name?: string, user?: User}} [interaction]
 * @property {{name?: string, user?: User}} [interaction_metadata]
 * @property {{message_id?: Id, channel_id?: Id}} [message_reference]
 * @property {Channel} [thread]
 * @property {boolean} [ephemeral]
 * @property {boolean} [thinking]
 * @property {Id[]} [pinged]
 *
 * @typedef {{name: string, value: string | number}} Choice
 *
 * @typedef {object} Option
 * @property {number} type
 * @property {string} name
 * @property {string} description
 * @property {boolean} [required]
 * @property {boolean} [autocomplete]
 * @property {Choice[]} [choices]
 * @property {Option[]} [options]
 * @property {number} [min_value]
 * @property {number} [max_value]
 * @property {number} [min_length]
 * @property {number} [max_length]
 * @property {string[]} [file_types]
 *
 * @typedef {object} Command
 * @property {Id} id
 * @property {number} [type]
 * @property {string} name
 * @property {string} description
 * @property {string | number | null} [default_member_permissions]
 * @property {Option[]} [options]
 *
 * @typedef {object} SentOption  One option as an interaction carries it.
 * @property {string} name
 * @property {number} type
 * @property {string | number | boolean} [value]
 * @property {boolean} [focused]
 * @property {SentOption[]} [options]
 *
 * @typedef {{custom_id: string, title: string, components: Component[]}} ModalData
 *
 * @typedef {object} State
 * @property {Id} me
 * @property {User[]} users
 * @property {Role[]} roles
 * @property {{id: Id, name: string}} guild
 * @property {Channel[]} channels
 * @property {Command[]} commands
 * @property {Record<Id, Message[]>} messages
 * @property {{online: boolean}} bot
 *
 * @typedef {{t: string, d: any}} Frame  One event of the socket.
 */

export {};
