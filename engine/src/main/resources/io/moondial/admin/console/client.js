// The one client of /v1: calls, and events as they come.

/** A call that was not answered as it wanted; the text is the engine's own. */
export class Refused extends Error {
  constructor(status, text, answer = {}) {
    super(text);
    this.status = status;
    /** All that the engine says, such as what is wrong with which field. */
    this.answer = answer;
  }
}

/** No answer at all: the engine is down, or the way to it. */
export class Lost extends Error {}

let logins = 0;
addEventListener('who', () => logins++);

/** A fetch whose 401 tells the window that nobody is logged in any more: the event "loggedout". */
async function fetched(url, options) {
  const before = logins;
  const answer = await fetch(url, { cache: 'no-store', ...options });
  // one that was sent before the login says nothing of it
  if (answer.status === 401 && logins === before) dispatchEvent(new Event('loggedout'));
  return answer;
}

/**
 * Calls the interface.
 * @param query what follows the path; null and '' are left out
 * @param body sent as JSON
 */
export async function call(method, path, { query, body, headers, signal, as = 'json' } = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
  }
  let answer;
  try {
    answer = await fetched(url, {
      method,
      signal,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Lost(e.message);
  }
  if (!answer.ok) throw await refused(answer);
  if (answer.status === 204) return null;
  return as === 'text' ? answer.text() : answer.json();
}

async function refused(answer) {
  try {
    const said = await answer.json();
    return new Refused(answer.status, said.error ?? answer.statusText, said);
  } catch {
    return new Refused(answer.status, `${answer.status} ${answer.statusText}`);
  }
}

/**
 * Calls for octets that come as they are made, until their end or the signal's.
 * @param came called with how many have come
 * @returns what came, also after the signal
 */
export async function collect(path, { query, signal, came }) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const parts = [];
  let octets = 0;
  try {
    const answer = await fetched(url, { method: 'POST', signal });
    if (!answer.ok) throw await refused(answer);
    for (const reader = answer.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      came((octets += value.length));
    }
  } catch (e) {
    if (e instanceof Refused) throw e;
    if (e.name !== 'AbortError') throw new Lost(e.message);
  }
  return new Blob(parts, { type: 'application/vnd.tcpdump.pcap' });
}

export const get = (path, query, signal) => call('GET', path, { query, signal });
export const post = (path, body, signal) => call('POST', path, { body: body ?? {}, signal });

/** One segment of a path. */
export const segment = (text) => encodeURIComponent(text);

/** After so long in the background a page listens no more. */
const REST = 30_000;
const RETRY = 3_000;

/**
 * The events of the engine over one connection, which begins anew when what is listened to changes,
 * and by itself after a cut. A page in the background gives it up after a while: a browser has six
 * connections for all its pages of one engine.
 *
 * Beside the engine's events, each listener hears "open" whenever a connection stands: what happened
 * before was not told to it; and "refused" when the engine does not take what it wishes to hear.
 */
export class Events {
  #listeners = new Set();
  #source = null;
  #url = '';
  #retry = 0;
  #pending = 0;
  #changed;
  #resting = false;
  #rest = 0;

  /** @param changed called when the connection is made or lost */
  constructor(changed) {
    this.#changed = changed;
    /** When the connection was lost; null: it stands, or nothing is listened to. */
    this.lostSince = null;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#rest);
      if (document.hidden) {
        this.#rest = setTimeout(() => this.#setResting(true), REST);
      } else {
        this.#setResting(false);
      }
    });
    // A browser keeps a page that was left for the way back, and its connection with it: it has only six to a server.
    addEventListener('pagehide', () => this.#setResting(true));
    addEventListener('pageshow', () => this.#setResting(false));
  }

  /**
   * Listens until the function that this returns is called.
   * @param wish {topics: [...], instance_id, stream}
   * @param hear called with the event's name and its value
   */
  listen(wish, hear) {
    const listener = { wish, hear };
    this.#listeners.add(listener);
    this.#plan();
    return () => {
      this.#listeners.delete(listener);
      this.#plan();
    };
  }

  /** Ends everything. */
  close() {
    this.#listeners.clear();
    this.#connect();
  }

  #setResting(resting) {
    this.#resting = resting;
    this.#connect();
  }

  // Several changes of one turn are one.
  #plan() {
    clearTimeout(this.#pending);
    this.#pending = setTimeout(() => this.#connect());
  }

  #wished() {
    if (this.#listeners.size === 0 || this.#resting) return '';
    const all = [...this.#listeners].map((it) => it.wish);
    const list = (values) => [...new Set(values.filter(Boolean))].sort().join(',');
    const query = new URLSearchParams({ topics: list(all.flatMap((it) => it.topics)) });
    const dialogs = list(all.map((it) => it.instance_id));
    if (dialogs) query.set('instance_id', dialogs);
    const stream = list(all.map((it) => it.stream));
    if (stream) query.set('stream', stream);
    return `/v1/events?${query}`;
  }

  #connect() {
    const url = this.#wished();
    if (url === this.#url && (this.#source || this.#retry || !url)) return;
    this.#url = url;
    this.#open();
  }

  #open() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.#source?.close();
    this.#source = null;
    if (!this.#url) {
      this.#news(null);
      return;
    }
    const source = new EventSource(this.#url);
    this.#source = source;
    source.onopen = () => {
      this.#news(null);
      this.#tell('open', {});
    };
    source.onerror = () => {
      if (this.#source !== source) return;
      this.#news(this.lostSince ?? new Date());
      // A refusal ends an EventSource for good; a cut it mends itself.
      if (source.readyState === EventSource.CLOSED) this.#refused();
    };
    for (const name of ['status', 'dialog', 'entry', 'record', 'reload', 'push', 'lost']) {
      source.addEventListener(name, (event) => this.#tell(name, JSON.parse(event.data)));
    }
  }

  /** An EventSource does not know why. If nobody is logged in, the answer to the call says so to the page. */
  #refused() {
    this.#source = null;
    this.#retry = setTimeout(() => this.#open(), RETRY);
    get('/v1/session').then(() => this.#tell('refused', {}), () => {});
  }

  #tell(name, value) {
    for (const listener of [...this.#listeners]) listener.hear(name, value);
  }

  #news(since) {
    if (this.lostSince !== since) {
      this.lostSince = since;
      this.#changed();
    }
  }
}
