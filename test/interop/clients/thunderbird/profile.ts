// A profile as Thunderbird keeps one: accounts and preferences. What it would ask at its first start is answered, and
// whatever it would fetch from its makers is off; what still leaves goes to a proxy of the test's.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Endpoint } from "../../loopback.ts";
import type { Account } from "../account.ts";

/** The account of the profile. */
export interface MailAccount extends Account {
  /** POP3 leaves messages on the server until they are deleted here, and connects when told to. */
  readonly protocol: "imap" | "pop3";
  /** Where it sends mail. */
  readonly submission: Endpoint;
}

/** Writes the profile into `directory`. What would leave this machine goes to `proxy` instead. */
export async function writeProfile(directory: string, account: MailAccount, proxy: Endpoint): Promise<void> {
  const preferences = { ...quiet(proxy), ...accounts(account) };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, "user.js"), lines.join(""));
}

type Preferences = Readonly<Record<string, string | number | boolean>>;

function quiet(proxy: Endpoint): Preferences {
  return {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.http": proxy.host,
    "network.proxy.http_port": proxy.port,
    "network.proxy.ssl": proxy.host,
    "network.proxy.ssl_port": proxy.port,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "network.manage-offline-status": false,
    "app.update.enabled": false,
    "app.update.auto": false,
    "app.donation.eoy.version.viewed": 999,
    "datareporting.policy.dataSubmissionEnabled": false,
    "datareporting.healthreport.uploadEnabled": false,
    "toolkit.telemetry.enabled": false,
    "toolkit.telemetry.server": "",
    "services.settings.server": "data:,",
    "extensions.update.enabled": false,
    "extensions.getAddons.cache.enabled": false,
    "extensions.systemAddon.update.enabled": false,
    "browser.safebrowsing.blockedURIs.enabled": false,
    "browser.safebrowsing.malware.enabled": false,
    "browser.safebrowsing.phishing.enabled": false,
    "mail.inappnotifications.enabled": false,
    "mail.chat.enabled": false,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": false,
    "mail.provider.suppress_dialog_on_startup": true,
    "mailnews.start_page.enabled": false,
    "mailnews.start_page_override.mstone": "ignore",
    "mail.showUnreadOnTray": false,
    "mail.biff.show_alert": false,
    "mail.biff.play_sound": false,
    "mail.phishing.detection.enabled": false,
    "mail.spam.version": 1,
    "calendar.timezone.local": "UTC",
    "ui.prefersReducedMotion": 1,
  };
}

function accounts(account: MailAccount): Preferences {
  const { server, login, submission, protocol } = account;
  const incoming: Preferences = {
    type: protocol,
    hostname: server.host,
    port: server.port,
    userName: login,
    name: login,
    socketType: 0,
    authMethod: 3,
    login_at_startup: protocol === "imap",
    check_new_mail: protocol === "imap",
    check_time: 60,
    ...(protocol === "imap"
      ? {
          offline_download: true,
          autosync_offline_stores: true,
          use_idle: true,
        }
      : {
          leave_on_server: true,
          delete_mail_left_on_server: true,
          download_on_biff: false,
        }),
  };
  return {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account2.server": "server2",
    ...under("mail.server.server1", incoming),
    ...under("mail.server.server2", {
      type: "none",
      hostname: "Local Folders",
      userName: "nobody",
      name: "Local Folders",
    }),
    ...under("mail.identity.id1", {
      fullName: "Anna Example",
      useremail: login,
      smtpServer: "smtp1",
      valid: true,
      compose_html: false,
    }),
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    ...under("mail.smtpserver.smtp1", {
      hostname: submission.host,
      port: submission.port,
      username: login,
      authMethod: 3,
      try_ssl: 0,
    }),
  };
}

function under(prefix: string, settings: Preferences): Preferences {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${prefix}.${name}`, value]));
}
