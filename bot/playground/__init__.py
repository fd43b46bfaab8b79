"""A loopback Discord and a page to use it from a browser.

It is the demo, the developer's bench, and the other side of the end-to-end tests. Read it in this
order:

* `places`, `permissions`, `direct`, `world`, `clock`: guilds, channels, people, direct messages,
  and the feed of what happens
* `message`, `message_rules`, `components`, `mentions`, `posting_rules`, `messages`, `threads`,
  `cdn`: what may be posted where, and what Discord refuses
* `interaction`, `interactions`, `commands`, `picker`, `menus`, `presses`, `forms`, `resolved`: what
  people ask of the bot, and how it may answer
* `rest_*`, `answers`, `refusals`, `gateway`, `rate_limits`, `faults`: how a bot speaks to it, and
  how it fails when a test wants that
* `actor`, `page_api`, `page/`: how tests, the demo and a browser act in it
* `loopback`, `server`, `launch`, `fake_providers`, `serve`, `demo`, `narrator`: opening it all,
  with the real bot inside
"""
