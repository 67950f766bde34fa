/**
 * A small zstd dictionary for tests, with the id of the production one. `zstd --train` made it from invented posts;
 * the service's is trained on its own stream, and larger.
 */
export const DICTIONARY_ID = 20260811

export const DICTIONARY = Buffer.from(
  [
    'N6Qw7MsnNQElENCSQgf//////4OZJGQZ2eFKSoQUSfaSH6167DdGNqWNVgPVw/MFEBgSlcQCaPAAAARARxCgiw0Eg4EBBIAG',
    'icYgAQE8AAAKBRExAAAAgIRBAAAAqhkAAAAAlKzCBEQkwpAcDIWCwTYAAgAMIgBQAAAAAAEAAAAEAAAACAAAAGJza3kuZmVl',
    'ZC5wb3N0IiwiY3JlYXRlZEF0IjoiMjAyNi0wOS0yMVQxNDoxMzozNi4wODBaIiwibGFuZ3MiOlsiZW4iXSwidGV4dCI6Im91',
    'dCB0ZXJyaWJsZSB0aGlzIGZvciBrbm93IGhhdGUgaGFwcHkgdG9kYXkgd2UgZm9yIHdvdWxkIGl0IHRlcnJpYmxlIHdobyB3',
    'YXMgaGF0ZSBncmVhdCBwZW9wbGUgZ29pbmcgb3V0IHJlYWxseSBpbiBmb3Igb3V0IGlmIGEgbGlrZSBhcyB0ZXJyaWJsZSBi',
    'YWQgd291bGQga25vdyBjYW4gaXMganVzdCBpdCBvbiB0ZXJyaWJsZSBJIHdoZW4gbm90IHRlcnJpYmxlIn0sImNpZCI6ImJh',
    'ZnlyZWkzZXR3b3R0dXlzMmd4NnN2NHVzbGo2Y3lmdHM1b2FtcW5vemJqNWM3eWVtNHZmNXFkZG81In19eyIkdHlwZSI6Im1l',
    'c3NhZ2UiLCJwYXlsb2FkIjp7IiR0eXBlIjoibmV0d29yay5ic2t5LmpldHN0cmVhbS5zdWJzY3JpYjIxVDE0OjE1OjE3LjE2',
    'MFoiLCJsYW5ncyI6WyJlbiJdLCJ0ZXh0IjoidGhhdCB3aGVuIGF0IG9mIHJlYWxseSBnZXQgdGhpcyBuZXdzIGdyZWF0IGlu',
    'IGtub3cgdGVycmlibGUgYXQgaXMgYnV0IHRoZXJlIGJlIGlzIGhhdmUgdGhlcmUgSSBpZiBwZW9wbGUgcGVvcGxlIGFsbCBv',
    'dXQgaWYgd291bGQgc2VlIHJlYWxseSIsInJlcGx5Ijp7InBhcmVudCI6eyJjaWQiOiJiYWZ5cmVpdGVvdmN1dGJmMjZlcWF0',
    'M2FwYXZzcGpqcHdwNGFobTNpZ211Z2t4eWwzenk2ZGRtYTVicSIsInVyaSI6ImF0Oi8vZGlkOnBsYzpmb3RjMnd1YjR1cjYz',
    'aTNwYmk3bzM1cjcvYXBwLmJza3kuZmVlZC5wb3N0L296eXhycHpuNTZjNHgifSwicm9vdCI6eyJjaWQiOiJiYWZ5cmVpbGdj',
    'aGV2NTZvbWJtaXNxeDJrbjMzbzRma2hteHBtNnEzNGFnbmt5dnF1NzNhY3BhdDViaSIsInVyaSI6ImF0Oi8vZGlkOnBsYzpy',
    'NW5kbGlobW5zcXFzYWdqejdjdTdxeXkvYXBwLmJza3kuZmVlZC5wb3N0L2VxMnlwMmI2dDJuNWYifX19LCJjaWQiOiJiYWZ5',
    'cmVpZXVqaGI1YmN1amg1NmFiYnR5cGUiOiJtZXNzYWdlIiwicGF5bG9hZCI6eyIkdHlwZSI6Im5ldHdvcmsuYnNreS5qZXRz',
    'dHJlYW0uc3Vic2NyaWJlRXZlbnRzI2NvbW1pdCIsInNlcSI6MTAwMDAwMTczMSwiZGlkIjoiZGlkOnBsYzoyaHJkYWZtaWF3',
    'cDJ4ZzNudHhkdnJpZ2ciLCJ0aW1lIjoiMjAyNi0wOS0yMVQxNDoxNDoyOS4yNDAwMDBaIiwid2l0bmVzc2VkQXQiOiIyMDI2',
    'LTA5LTIxVDE0OjE0OjI5LjI0MDAwMFoiLCJyZXYiOiI1eWt4NHc0M29rdnBlIiwib3BlcmF0aW9uIjoiY3JlYXRlIiwiY29s',
    'bGVjdGlvbiI6ImFwcC5ic2t5LmZlZWQucG9zdCIsInJrZXkiOiJkcHhqNmE2ZG54ZWlhIiwicmVjb3JkIjp7IiR0eXBlIjoi',
    'YXBwLmJza3kuZmVlZC5wb3N0IiwiY3JlYXRlZEF0IjoiMjAyNi0wOS0yMVQxNDoxNDoyOS4yNDBaIiwi',
  ].join(''),
  'base64',
)
