/** Whether a variable holds a credential, by its name or by the value that was seen. */

const SECRET =
  /(?:^|_)(?:SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|PSW|TOKEN|API_?KEYS?|APIKEY|PRIVATE_?KEY|ACCESS_?KEY(?:_ID)?|SIGNING_?KEY|ENCRYPTION_?KEY|SECRET_?KEY|JWT_?KEY|MASTER_?KEY|LICENSE_?KEY|SERVICE_?ROLE_?KEY|COOKIE_?KEYS?|CREDENTIALS?|DSN)$/;
/** Words that also mean something harmless (the key of a map): only while no default is seen. */
const MAYBE = /(?:^|_)(?:KEYS?|SALT|PEPPER)$/;
/** The same words, where something about them is set and not they themselves. */
const ABOUT =
  /(?:^|_)(?:PUBLIC|NEXT_PUBLIC|EXPIRES?|EXPIRATION|EXPIRY|TTL|LENGTH|MIN|MAX|ROUNDS|NAME|PREFIX|HEADER|ISSUER|AUDIENCE|ALGORITHM|PATH|FILE|URL_PREFIX|ENABLED|TYPE)(?:_|$)/;
const DATASTORE_URL =
  /(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|SQL|MONGO(?:DB|OSE)?|REDIS|VALKEY|CACHE|QUEUE|AMQP|RABBIT(?:MQ)?|CLOUDAMQP|BROKER|SMTP|MAIL|MAILER|TURSO|SUPABASE_DB)_?(?:\w+_)?(?:URL|URI|DSN|CONNECTION|CONNECTION_STRING|CONN_STRING)$/;
const USER_INFO = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]*@/i;

/** A name in capitals or camel case; the default or sample value if any; the default in code if any. */
export function looksSecret(name: string, value: string | null, inCode: string | null): boolean {
  if (value !== null && USER_INFO.test(value)) return true;
  const upper = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  if (DATASTORE_URL.test(upper))
    return !(value !== null && /^(?:file:|sqlite|\.{0,2}\/|:memory:|redis:\/\/|https?:\/\/)/i.test(value));
  if (ABOUT.test(upper)) return false;
  // A switch or a number is no credential, whatever it is called.
  if (value !== null && /^(?:true|false|\d{1,6})$/.test(value) && !/PASS|SECRET|TOKEN$/.test(upper)) return false;
  if (MAYBE.test(upper) && !SECRET.test(upper)) return inCode === null || inCode === '';
  return SECRET.test(upper) || /(?:SECRET|PASSWORD)/.test(upper);
}
