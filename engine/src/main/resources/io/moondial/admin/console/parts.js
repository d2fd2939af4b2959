// What several pages show: times, states of loading, lists of fields, a dialog as a history.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { call, Refused, segment } from '/client.js';
import { words } from '/words.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time of today as a clock shows it, another with its day; the exact one on hover. */
export function time(iso, { exact = false } = {}) {
  if (!iso) return nothing;
  const date = new Date(iso);
  return html`<time datetime=${iso} title=${`${iso} (${date.toLocaleString()} ${zone})`}>${clockText(date, exact)}</time>`;
}

export function clockText(date, exact = false) {
  const text = clock.format(date) + (exact ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : '');
  return date.toDateString() === new Date().toDateString() ? text : `${day.format(date)} ${text}`;
}

/** Milliseconds for people. */
export function duration(ms) {
  if (ms === null || ms === undefined) return '';
  if (ms < 9.95) return `${+ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const min = Math.round(s / 60);
  return min < 2880 ? `${Math.floor(min / 60)} h ${min % 60} min` : `${Math.floor(min / 1440)} d ${Math.floor((min % 1440) / 60)} h`;
}

export function count(n) {
  return n === null || n === undefined ? '' : n.toLocaleString();
}

export function octets(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  return `${i === 0 ? n : n.toFixed(1)} ${units[i]}`;
}

/**
 * Something fetched: what it is now, and what became of the last try. It is tried again by itself
 * while it cannot be had.
 */
export class Fetched {
  #fetch;
  #changed;
  #aborted = new AbortController();
  #timer = 0;
  #planned = 0;
  #again = false;

  constructor(fetch, changed) {
    this.#fetch = fetch;
    this.#changed = changed;
    this.value = null;
    this.error = null;
    this.good = null;
    this.busy = false;
  }

  async load() {
    clearTimeout(this.#timer);
    clearTimeout(this.#planned);
    this.#planned = 0;
    this.#again = false;
    this.#aborted.abort();
    const mine = (this.#aborted = new AbortController());
    this.busy = true;
    this.#changed();
    try {
      const value = await this.#fetch(mine.signal);
      if (mine.signal.aborted) return;
      this.value = value;
      this.error = null;
      this.good = new Date();
    } catch (e) {
      if (mine.signal.aborted) return;
      this.error = e;
      if (!(e instanceof Refused) || e.status >= 500) this.#timer = setTimeout(() => this.load(), 3000);
    }
    this.busy = false;
    this.#changed();
    if (this.#again) this.soon();
  }

  /** Loads anew after a moment; further wishes until then are the same one, and what is under way comes first. */
  soon(moment = 150) {
    this.#planned ||= setTimeout(() => {
      this.#planned = 0;
      if (this.busy) this.#again = true;
      else this.load();
    }, moment);
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#planned);
    this.#planned = -1;
    this.#aborted.abort();
  }

  /** What is fetched as this shows it, or why it is not there. */
  show(template) {
    if (this.error instanceof Refused) {
      return html`<p class="note bad" role="alert">${words.refused(this.error.message)}</p>`;
    }
    const lost = this.error ? html`<p class="note warn lost" role="status">${words.noNews(clockText(this.good ?? new Date()))}</p>` : nothing;
    if (this.value === null) {
      return this.error ? lost : html`<p class="empty" role="status">${words.loading}</p>`;
    }
    return html`${lost}${template(this.value)}`;
  }
}

/**
 * Does something again and again while the page is seen, and at once when it is seen again.
 * @returns what ends it
 */
export function every(milliseconds, action) {
  const again = () => document.hidden || action();
  const timer = setInterval(again, milliseconds);
  document.addEventListener('visibilitychange', again);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', again);
  };
}

/** Why nothing is there. */
export const empty = (why) => html`<p class="empty">${why}</p>`;

export function place(text) {
  if (!text) return nothing;
  const found = /^(?:.*\/)?([^/:]+)\.lua:(\d+)/.exec(text);
  return found ? html`<a class="mono" href="/scripts/${segment(found[1])}?line=${found[2]}">${text}</a>` : html`<span class="mono">${text}</span>`;
}

export function outcome(word) {
  const bad = word === 'failed' || word === 'aborted';
  return html`<span class=${bad ? 'bad' : word === 'open' ? 'good' : ''}>${words.outcomes[word] ?? word}</span>`;
}

/** The summary line of a dialog: code, number, script, how it stands. */
export function dialogHead(dialog) {
  return html`<div class="head">
    <h1>${dialog.code || dialog.kind}</h1>
    ${dialog.msisdn ? html`<span class="nowrap">${words.dialogs.from} <span class="mono">${dialog.msisdn}</span></span>` : nothing}
    <span>→ <a href="/scripts/${segment(dialog.script)}">${dialog.script}</a> <span class="mono quiet">${dialog.version}</span></span>
    ${dialog.took_ms === undefined ? nothing : html`<span class="nowrap">${words.dialogs.answeredIn(duration(dialog.took_ms))}</span>`}
    ${outcome(dialog.outcome)}
    ${dialog.error ? html`<span class="problem">${dialog.error}</span>` : nothing}
  </div>`;
}

/** A dialog as it went: screens on the left, answers on the right, the rest between. */
export function history(entries, leftOut = 0) {
  return html`<ol class="history" aria-label=${words.phone.history}>
    ${entries.map(
      (entry) => html`<li class="entry ${entry.kind}">
        <time datetime=${entry.at} title=${entry.at}>${clockText(new Date(entry.at), true)}</time>
        <span class="kind">${entry.kind === 'screen' ? words.dialogs.screens[entry.screen] ?? entry.screen : words.dialogs.kinds[entry.kind] ?? entry.kind}</span>
        <div class="what ${entry.kind === 'answer' || entry.kind === 'dialled' ? 'right' : ''}">${what(entry)}</div>
        <span class="side">${side(entry)}</span>
      </li>`,
    )}
  </ol>
  ${leftOut ? html`<p class="quiet">${words.dialogs.leftOut(leftOut)}</p>` : nothing}`;
}

/** Outcomes of calls that a person should see at a glance. */
const UNWELL = /timeout|error|fault|refused|unavailable|busy|left|lost|down|4xx|5xx/;

function what(entry) {
  switch (entry.kind) {
    case 'dialled':
    case 'answer':
      return html`<span class="bubble answered">${entry.text}</span>`;
    case 'screen':
      return html`<span class="bubble">${entry.text}</span>`;
    case 'call':
      return html`<span class="mono">${entry.called}</span> ${entry.text ?? ''} <span class=${UNWELL.test(entry.outcome) ? 'warn' : ''}>${entry.outcome}</span>`;
    case 'record':
      return html`<span class="mono">${entry.event}</span> <span class="fields">${fields(entry.fields)}</span>`;
    case 'problem':
      return html`<span class="problem">${entry.text}</span>`;
    case 'end':
      return html`${outcome(entry.outcome)} ${entry.text ?? ''}`;
    default:
      return html`${entry.level ? html`<span class="quiet">${entry.level}</span> ` : nothing}${entry.text ?? ''}`;
  }
}

function side(entry) {
  const took = entry.took_ms === undefined ? '' : entry.kind === 'answer' ? words.dialogs.thought(duration(entry.took_ms)) : duration(entry.took_ms);
  return html`${took} ${entry.secret ? words.dialogs.secret : ''} ${place(entry.place)}`;
}

export function fields(all) {
  return Object.entries(all ?? {}).map(([name, value]) => `${name}=${value}`).join('  ');
}

export const problems = (list) =>
  html`<ul class="problems">${list.map((it) => html`<li class=${it.severity === 'error' ? 'bad' : 'warn'}><span class="mono">${it.file}:${it.line}:${it.column}</span> ${it.text}</li>`)}</ul>`;

/** Hands a blob to the browser to be saved. */
export function save(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Saves a dialog as a test. */
export async function saveAsTest(instanceId, script) {
  const test = await call('GET', `/v1/dialogs/${segment(instanceId)}/test`, { as: 'text' });
  save(`${script}.dialog`, new Blob([test], { type: 'text/plain' }));
}

/** The values of a form; what is empty is left out. */
export function values(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== '').map(([name, value]) => [name, String(value).trim()]));
}
