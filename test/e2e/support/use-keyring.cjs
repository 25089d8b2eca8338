// Loaded into the app after Playwright's own loader, which says --password-store=basic: the last word counts.
'use strict'

require('electron').app.commandLine.appendSwitch('password-store', 'gnome-libsecret')
