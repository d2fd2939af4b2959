// Dialogs as they come, and one of them as a history.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { get, segment } from '/client.js';
import { dialogHead, duration, empty, Fetched, history, outcome, saveAsTest, time, values } from '/parts.js';
import { words } from '/words.js';

const w = words.dialogs;
const PAGE = 50;
const MOST_WAITING = 500;
const MOMENT = 250;
/** Who loses events loses more of them: the whole list is read this often. */
const EVERY = 2000;

export function dialogs(app, [instanceId]) {
  return instanceId ? oneDialog(app, instanceId) : list(app);
}

function list(app) {
  const { before, ...filter } = app.query;
  const live = before === undefined;
  let paused = false;
  let waiting = [];
  let lost = 0;
  let planned = 0;
  const page = new Fetched(
    async (signal) => {
      waiting = [];
      const answer = await get('/v1/dialogs', { ...filter, before, limit: PAGE }, signal);
      // what was told meanwhile may be newer than the answer
      return { ...answer, dialogs: merged(answer.dialogs, paused ? [] : waiting.splice(0)) };
    },
    () => app.redraw(),
  );
  page.load();
  const stop = !live ? () => {} : app.events.listen({ topics: ['dialogs'] }, (name, value) => {
    if (name === 'dialog') {
      waiting.push(value);
      if (waiting.length > MOST_WAITING) waiting = waiting.slice(-MOST_WAITING);
      planned ||= setTimeout(take, MOMENT);
    } else if (name === 'lost') {
      lost += value.count ?? 0;
      if (!paused) page.soon(EVERY);
    } else if (name === 'open' && !paused) {
      page.soon();
    }
  });

  function matches(it) {
    return (
      (!filter.msisdn || it.msisdn?.startsWith(filter.msisdn)) &&
      (!filter.code || it.code?.startsWith(filter.code)) &&
      (!filter.script || it.script === filter.script) &&
      (!filter.outcome || it.outcome === filter.outcome)
    );
  }

  function merged(dialogs, told) {
    const known = new Map(dialogs.map((it) => [it.instance_id, it]));
    for (const it of told) matches(it) ? known.set(it.instance_id, it) : known.delete(it.instance_id);
    const all = [...known.values()].sort((a, b) => (a.began < b.began ? 1 : a.began > b.began ? -1 : 0));
    if (all.length > PAGE && page.value) page.value.more = true;
    return all.slice(0, PAGE);
  }

  /** What was told since the last time; some a second are enough for eyes. */
  function take() {
    planned = 0;
    if (!paused && page.value && !page.busy) {
      const shown = page.value.dialogs.length;
      page.value.dialogs = merged(page.value.dialogs, waiting.splice(0));
      if (page.value.dialogs.length < shown && page.value.more) page.soon(EVERY); // older ones have room
    }
    app.redraw();
  }

  function search(event) {
    event.preventDefault();
    const query = new URLSearchParams(values(event.currentTarget.closest('form')));
    app.go(url(Object.fromEntries(query)));
  }

  const url = (query) => {
    const text = new URLSearchParams(query);
    return `/dialogs${text.size ? `?${text}` : ''}`;
  };

  function pause() {
    paused = !paused;
    lost = 0;
    if (!paused) page.load();
    app.redraw();
  }

  return {
    view: () => html`
      <h1>${words.pages.dialogs}</h1>
      <form class="bar" role="search" @submit=${search}>
        <label>${w.number}<input name="msisdn" ?data-search=${app.may('operator')} inputmode="numeric" .value=${filter.msisdn ?? ''} ?disabled=${!app.may('operator')}></label>
        <label>${w.code}<input name="code" ?data-search=${!app.may('operator')} .value=${filter.code ?? ''}></label>
        <label>${w.script}<input name="script" .value=${filter.script ?? ''}></label>
        <label>${w.outcome}<select name="outcome" @change=${search}><option value="">${words.any}</option>${Object.entries(words.outcomes).map(([value, text]) => html`<option value=${value} ?selected=${filter.outcome === value}>${text}</option>`)}</select></label>
        <button class="main">${w.search}</button>
        <span class="grow"></span>
        ${live
          ? html`<button type="button" aria-pressed=${paused} @click=${pause}>${paused ? `${w.resume} (${w.paused(new Set(waiting.map((it) => it.instance_id)).size)})` : w.pause}</button>`
          : html`<a href=${url(filter)}>${w.newest}</a>`}
      </form>
      ${app.may('operator') ? nothing : html`<p class="quiet small">${w.masked}</p>`}
      ${lost ? html`<p class="note warn" role="status">${w.lost(lost)}</p>` : nothing}
      ${page.show((value) => value.dialogs.length === 0
        ? empty(Object.keys(filter).length || !live ? w.noMatch : w.none)
        : html`<div class="scroll"><table class="stack">
            <caption>${live ? w.live : w.olderOnes} ${w.kept(value.kept)}</caption>
            <thead><tr><th>${w.began}</th><th>${w.number}</th><th>${w.code}</th><th>${w.script}</th><th class="number">${w.turns}</th><th class="number">${w.took}</th><th>${w.outcome}</th></tr></thead>
            <tbody>${value.dialogs.map((it) => html`<tr>
              <td data-label=${w.began} class="nowrap"><a href="/dialogs/${segment(it.instance_id)}">${time(it.began, { exact: true })}</a></td>
              <td data-label=${w.number} class="mono">${it.msisdn ?? '–'}</td>
              <td data-label=${w.code} class="mono">${it.code || it.kind}</td>
              <td data-label=${w.script} class="name">${it.script}</td>
              <td data-label=${w.turns} class="number">${it.turns}</td>
              <td data-label=${w.took} class="number">${it.took_ms === undefined ? '' : duration(it.took_ms)}</td>
              <td data-label=${w.outcome} class=${it.error ? 'wide' : ''}>${outcome(it.outcome)} ${it.error ? html`<span class="quiet small">${it.error}</span>` : nothing}</td>
            </tr>`)}</tbody></table></div>
            ${value.more ? html`<p><a href=${url({ ...filter, before: value.dialogs.at(-1).instance_id })}>${w.older}</a></p>` : nothing}`)}`,
    close() {
      stop();
      clearTimeout(planned);
      page.close();
    },
  };
}

/** What a dialog is now, kept so by events; the phone shows the same beside its screen. */
export class LiveDialog {
  #stop;
  #refused = false;

  constructor(app, instanceId) {
    this.instanceId = instanceId;
    this.fetched = new Fetched((signal) => get(`/v1/dialogs/${segment(instanceId)}`, {}, signal), () => {
      // Of a dialog that is not kept there is nothing to hear, and the engine refuses whoever wishes to.
      // One that has just begun may be kept a moment later.
      if (this.#refused && this.fetched.error?.status === 404) this.#stop();
      app.redraw();
    });
    this.#stop = app.events.listen({ topics: ['dialogs'], instance_id: instanceId }, (name, value) => {
      if (name === 'refused') this.#refused = true;
      // An event says that there is more; what it is comes whole and in order from the history.
      if (value.instance_id === instanceId || name === 'lost' || name === 'open' || name === 'refused') this.fetched.soon();
    });
    this.fetched.load();
  }

  get value() {
    return this.fetched.value;
  }

  close() {
    this.#stop();
    this.fetched.close();
  }
}

function oneDialog(app, instanceId) {
  const live = new LiveDialog(app, instanceId);
  let problem = '';

  async function asTest() {
    try {
      await saveAsTest(instanceId, live.value.dialog.script);
      problem = '';
    } catch (e) {
      problem = e.message;
    }
    app.redraw();
  }

  return {
    view: () => html`
      <p><a href="/dialogs">← ${w.back}</a></p>
      ${live.fetched.error?.status === 404
        ? html`<h1 class="mono">${instanceId}</h1><p class="empty">${w.gone} <a href="/edrs?instance_id=${segment(instanceId)}">${w.records}</a></p>`
        : live.fetched.show((value) => html`
            ${dialogHead(value.dialog)}
            <p class="small quiet"><span class="mono">${value.dialog.instance_id}</span> · ${time(value.dialog.began, { exact: true })} · ${value.dialog.service}${value.dialog.ssn === undefined ? '' : ` · SSN ${value.dialog.ssn}`}${value.dialog.imsi ? ` · IMSI ${value.dialog.imsi}` : ''}</p>
            <p class="bar">
              <button @click=${asTest} ?disabled=${!app.may('operator')} title=${app.may('operator') ? nothing : words.roleNeeded('operator')}>${w.asTest}</button>
              <a href="/edrs?instance_id=${segment(instanceId)}">${w.records}</a>
            </p>
            ${problem ? html`<p class="note bad" role="alert">${problem}</p>` : nothing}
            ${history(value.entries, value.left_out)}`)}`,
    escape: () => app.go('/dialogs'),
    close: () => live.close(),
  };
}
