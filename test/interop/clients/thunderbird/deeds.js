// Runs inside Thunderbird with its own rights (see thunderbird.ts): what its user would do with mouse and keys, as far
// as possible by the same commands as they, and what can be seen in its window and its files.
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");

/** Waits until `find` gives something, asked 20 times a second for `limit` milliseconds. */
async function until(what, find, limit = 20_000) {
  const { setTimeout } = mainWindow();
  for (const deadline = Date.now() + limit; ; ) {
    const found = find();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const mainWindow = () => Services.wm.getMostRecentWindow("mail:3pane");
const tabs = () => mainWindow().document.getElementById("tabmail");
/** The tab with folders, list and message. */
const threePanes = () => tabs().tabInfo[0].chromeBrowser.contentWindow;
const server = () => MailServices.accounts.defaultAccount.incomingServer;

/** A folder by the name it has on the server. */
function folderNamed(name) {
  const found = server().rootFolder.descendants.find((folder) => nameOf(folder) === name);
  if (!found) throw new Error(`no folder ${name}`);
  return found;
}

function nameOf(folder) {
  if (server().type !== "imap") return folder.name;
  return folder.QueryInterface(Ci.nsIMsgImapMailFolder).onlineName;
}

function messageNamed(folder, subject) {
  const found = [...folder.messages].find((message) => message.mime2DecodedSubject === subject);
  if (!found) throw new Error(`${folder.name} has no "${subject}"`);
  return found;
}

/** Selects messages in the list, as clicks do. */
async function select(name, subjects) {
  const folder = folderNamed(name);
  tabs().switchToTab(0);
  const panes = threePanes();
  panes.displayFolder(folder.URI);
  await until(`the list of ${name}`, () => panes.gFolder?.URI === folder.URI && panes.gDBView);
  const rows = subjects.map((subject) =>
    panes.gDBView.findIndexOfMsgHdr(messageNamed(folder, subject), true),
  );
  panes.threadTree.selectedIndices = rows;
  const wanted = subjects.toSorted().join("\n");
  const selected = () => panes.gDBView.getSelectedMsgHdrs().map((message) => message.mime2DecodedSubject);
  await until("the selection", () => selected().toSorted().join("\n") === wanted);
  return panes;
}

/** A command as its key or menu entry gives it, which are dead while it means nothing. */
async function perform({ commandController }, command, ...args) {
  await until(`${command} to be allowed`, () => commandController.isCommandEnabled(command));
  commandController.doCommand(command, ...args);
}

/** The list no longer has a message: only then is the next one selected, and further commands mean that one. */
async function untilGone(name, subject) {
  const messages = () => [...folderNamed(name).messages];
  await until(`"${subject}" to go`, () => messages().every((one) => one.mime2DecodedSubject !== subject));
}

/** What a message window shows of one message, once it is there. */
async function shownIn(aboutMessage, subject) {
  const browser = () => aboutMessage()?.getMessagePaneBrowser?.();
  await until(
    `"${subject}" to be shown`,
    () => aboutMessage()?.msgLoaded && aboutMessage().gMessage?.mime2DecodedSubject === subject,
  );
  await until("its text", () => browser().contentDocument?.body?.innerText.trim());
  const { x, y, width, height } = browser().getBoundingClientRect();
  const frame = aboutMessage().mozInnerScreenX;
  return {
    title: aboutMessage().document.getElementById("expandedsubjectBox").value.textContent.trim(),
    text: browser().contentDocument.body.innerText,
    at: { x: frame + x, y: aboutMessage().mozInnerScreenY + y, width, height },
  };
}

/** The octets a message has in this profile's own files, without the lines that Thunderbird puts on top. */
function octetsHere(folder, message) {
  const file = folder.getMsgInputStream(message);
  const stream = Cc["@mozilla.org/binaryinputstream;1"].createInstance(Ci.nsIBinaryInputStream);
  stream.setInputStream(file);
  const pieces = [];
  for (;;) {
    let there = 0;
    try {
      there = stream.available();
    } catch {
      // It throws at the end of the file.
    }
    if (there === 0) break;
    pieces.push(stream.readBytes(there));
  }
  stream.close();
  return pieces.join("").replace(/^(?:X-(?:Mozilla-\w+|Account-Key|UIDL):.*\n)+/, "");
}

globalThis.deeds = {
  /** Thunderbird has started, and its window fills the screen. */
  async settle() {
    await until("the main window", () => tabs()?.tabInfo[0]?.chromeBrowser?.contentWindow?.folderTree);
    const window = mainWindow();
    window.moveTo(0, 0);
    window.resizeTo(window.screen.availWidth, window.screen.availHeight);
    await until("the whole screen", () => window.outerWidth === window.screen.availWidth);
  },

  /** As if the user had ticked "remember the password", for reading and for sending. */
  async rememberPassword(login, password) {
    for (const service of [server().type === "imap" ? "imap" : "mailbox", "smtp"]) {
      const origin = `${service}://${server().hostname}`;
      const info = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
      info.init(origin, null, origin, login, password, "", "");
      await Services.logins.addLoginAsync(info);
    }
  },

  goOnline() {
    Services.io.offline = false;
  },

  /** The button "Get Messages". */
  async checkMail() {
    tabs().switchToTab(0);
    await until("the end of an earlier session", () => !server().serverBusy);
    mainWindow().goDoCommand("cmd_getNewMessages");
  },

  folders() {
    return server().rootFolder.descendants.map((folder) => ({
      name: nameOf(folder),
      isTrash: folder.isSpecialFolder(Ci.nsMsgFolderFlags.Trash, false),
    }));
  },

  /** A click on a folder. */
  openFolder(name) {
    tabs().switchToTab(0);
    threePanes().displayFolder(folderNamed(name).URI);
  },

  /** The messages of a folder, with their octets in base64 where they are stored here. */
  held(name) {
    const folder = folderNamed(name);
    const isHere = (message) => server().type !== "imap" || message.flags & Ci.nsMsgMessageFlags.Offline;
    return [...folder.messages].map((message) => ({
      subject: message.mime2DecodedSubject,
      size: message.messageSize,
      isRead: message.isRead,
      isFlagged: message.isFlagged,
      octets: isHere(message) ? btoa(octetsHere(folder, message)) : null,
    }));
  },

  /** A click on a message, which shows it beside the list. */
  async show(name, subject) {
    const panes = await select(name, [subject]);
    return shownIn(() => panes.messageBrowser.contentWindow, subject);
  },

  /** A double click, which shows it in a tab of its own. */
  async showInTab(name, subject) {
    MailUtils.displayMessage(messageNamed(folderNamed(name), subject), null, tabs());
    return shownIn(() => tabs().currentAboutMessage, subject);
  },

  async markRead(name, subjects) {
    const panes = await select(name, subjects);
    await perform(panes, "cmd_markAsRead");
  },

  async star(name, subject) {
    const panes = await select(name, [subject]);
    await perform(panes, "cmd_markAsFlagged");
  },

  async makeFolder(name) {
    server().rootFolder.createSubfolder(name, mainWindow().msgWindow);
    const made = () => server().rootFolder.descendants.find((folder) => folder.localizedName === name);
    return nameOf(await until(`a folder ${name}`, made));
  },

  async move(name, subject, destination) {
    const panes = await select(name, [subject]);
    await perform(panes, "cmd_moveMessage", folderNamed(destination));
    await untilGone(name, subject);
  },

  /** Writes a message in a window of its own and presses "Send". */
  async send(to, subject, body) {
    const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
    Object.assign(fields, { to, subject, body });
    const message = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(
      Ci.nsIMsgComposeParams,
    );
    message.composeFields = fields;
    message.identity = MailServices.accounts.defaultAccount.defaultIdentity;
    message.type = Ci.nsIMsgCompType.New;
    message.format = Ci.nsIMsgCompFormat.PlainText;
    MailServices.compose.OpenComposeWindowWithParams(null, message);
    const desk = () => Services.wm.getMostRecentWindow("msgcompose");
    await until("the window to write in", () => desk()?.gMsgCompose?.editor && !desk().gWindowLocked);
    desk().goDoCommand("cmd_sendNow");
    await until("the message to be sent", () => !desk());
  },

  /** The key "Delete". */
  async remove(name, subject) {
    const panes = await select(name, [subject]);
    await perform(panes, "cmd_deleteMessage");
    await untilGone(name, subject);
  },
};
