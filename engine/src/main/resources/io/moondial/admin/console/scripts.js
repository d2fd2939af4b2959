// Scripts: which are in service; one with its source, problems, coverage, tests and releases.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { call, get, post, segment } from '/client.js';
import { duration, Fetched, problems, time } from '/parts.js';
import { scriptTable } from '/now.js';
import { words } from '/words.js';

const w = words.scripts;

/** What may have changed what stands here. */
const READ_ANEW = new Set(['reload', 'open', 'lost']);

export function scripts(app, [key]) {
  return key ? oneScript(app, key) : list(app);
}

/** The outcome of a reload, as the engine tells it. */
const reloaded = (it) =>
  html`<div class="note ${it.outcome === 'refused' ? 'bad' : ''}" role="status"><p>${w.reloadOutcome[it.outcome]} ${it.text}</p>${it.problems.length ? problems(it.problems) : nothing}</div>`;

const onlyFor = (app, role) => (app.may(role) ? nothing : words.roleNeeded(role));

function list(app) {
  let done = null;
  let problem = '';
  const all = new Fetched((signal) => get('/v1/scripts', {}, signal), () => app.redraw());
  all.load();
  const stop = app.events.listen({ topics: ['reload'] }, (name) => READ_ANEW.has(name) && all.soon());

  async function reload() {
    problem = '';
    try {
      done = await post('/v1/reload');
      all.load();
    } catch (e) {
      problem = e.message;
    }
    app.redraw();
  }

  return {
    view: () => html`
      <h1>${words.pages.scripts}</h1>
      <p class="bar"><button @click=${reload} ?disabled=${!app.may('operator')} title=${onlyFor(app, 'operator')}>${w.reload}</button></p>
      ${done ? reloaded(done) : nothing} ${problem ? html`<p class="note bad" role="alert">${problem}</p>` : nothing}
      ${all.show((value) => html`${scriptTable(value.scripts)}
        ${value.scripts.filter((it) => it.last_failure).map((it) => html`<p class="small"><span class="quiet">${w.lastFailure}, ${it.key}, ${time(it.last_failure.at)}:</span> <a class="bad" href="/dialogs/${segment(it.last_failure.instance_id)}">${it.last_failure.text}</a></p>`)}`)}`,
    close() {
      stop();
      all.close();
    },
  };
}

function oneScript(app, key) {
  const aim = Number(app.query.line) || 0;
  let aimed = false;
  let run = null;
  let running = false;
  let problem = '';
  let done = null;
  let compared = null;
  let putBack = null;
  const path = `/v1/scripts/${segment(key)}`;
  const script = new Fetched((signal) => get(path, {}, signal), () => app.redraw());
  if (app.may('operator')) script.load();
  const stop = app.events.listen({ topics: ['reload'] }, (name) => READ_ANEW.has(name) && app.may('operator') && script.soon());

  async function attempt(action) {
    problem = '';
    try {
      await action();
    } catch (e) {
      problem = e.message;
    }
    app.redraw();
  }

  async function runTests() {
    running = true;
    app.redraw();
    await attempt(async () => {
      run = await post(`${path}/tests`);
    });
    running = false;
    app.redraw();
  }

  const compare = (version) =>
    attempt(async () => {
      compared = { version, lines: differences(lines(await call('GET', `${path}/releases/${segment(version)}`, { as: 'text' })), lines(script.value.source)) };
    });

  function ask(version) {
    putBack = version;
    app.redraw();
    requestAnimationFrame(() => document.getElementById('put-back').showModal());
  }

  async function answered(event) {
    const version = putBack;
    putBack = null;
    if (event.target.returnValue === 'yes') {
      await attempt(async () => {
        done = await post(`${path}/releases/${segment(version)}/restore`);
        compared = null;
        script.load();
      });
    }
    event.target.returnValue = '';
    app.redraw();
  }

  const operator = onlyFor(app, 'operator');

  function page(value) {
    const it = value.script;
    const covered = new Set(run?.coverage.covered);
    const missed = new Set(run?.coverage.missed);
    const shown = value.on_disk ?? value.source;
    return html`
      <div class="head"><h1>${it.key}</h1>
        <span>${it.service}</span> <span class="mono">${it.version}</span> <span class="quiet nowrap">${w.since} ${time(it.since)}</span>
        ${it.state === 'switched_off' ? html`<span class="bad">${w.switchedOff}</span>` : nothing}
        <span class="quiet mono">${it.file}</span></div>
      ${done ? reloaded(done) : nothing} ${problem ? html`<p class="note bad" role="alert">${problem}</p>` : nothing}
      ${it.last_failure ? html`<p class="small"><span class="quiet">${w.lastFailure}, ${time(it.last_failure.at)}:</span> <a class="bad" href="/dialogs/${segment(it.last_failure.instance_id)}">${it.last_failure.text}</a></p>` : nothing}
      ${value.on_disk === null ? nothing : html`<p class="note warn" role="status">${w.differs}</p>`}
      ${value.problems.length ? html`<div class="note ${value.problems.some((p) => p.severity === 'error') ? 'bad' : 'warn'}">${problems(value.problems)}</div>` : nothing}

      <h2>${w.tests}</h2>
      ${value.tests.length === 0 ? html`<p class="quiet">${w.noTests}</p>` : html`
        <p class="bar"><button class="main" @click=${runTests} ?disabled=${running || !app.may('operator')} title=${operator}>${running ? w.running : w.runTests}</button>
          <span role="status">${run ? html`<span class="good">${w.passed(run.passed)}</span>${run.failed ? html`, <span class="bad">${w.failedTests(run.failed)}</span>` : nothing} <span class="quiet">${w.took(duration(run.took_ms))}. ${w.coverage(covered.size, covered.size + missed.size)}</span>` : nothing}</span></p>
        ${run?.failed ? html`<pre class="report">${run.report}</pre>` : nothing}
        <details><summary>${w.tests}: ${value.tests.length}</summary><ul>${value.tests.map((test) => html`<li><span class="quiet mono">${test.file}:${test.line ?? ''}</span> ${test.name}</li>`)}</ul></details>`}

      <h2>${w.releases}</h2>
      <div class="scroll"><table class="stack few">
        <thead><tr><th>${w.version}</th><th>${w.since}</th><th></th></tr></thead>
        <tbody>${value.releases.map((release) => html`<tr>
          <td data-label=${w.version} class="mono">${release.version}</td><td data-label=${w.since}>${time(release.since)}</td>
          <td>${release.in_service ? html`<span class="quiet">${w.current}</span>` : html`
            <button @click=${() => compare(release.version)}>${w.show}</button>
            <button @click=${() => ask(release.version)} ?disabled=${!app.may('admin')} title=${onlyFor(app, 'admin')}>${w.restore}</button>`}</td>
        </tr>`)}</tbody></table></div>
      ${compared ? html`<h2>${w.diff(compared.version)}</h2>${compared.lines.every((l) => l.kind === 'same') ? html`<p class="quiet">${w.same}</p>` : diffView(compared.lines)}` : nothing}
      <dialog id="put-back" aria-labelledby="put-back-ask" @close=${answered}>
        <form method="dialog"><p id="put-back-ask">${w.restoreAsk(putBack ?? '')}</p>
        <p class="bar"><button value="no">${words.cancel}</button><button class="main" value="yes">${w.restoreYes}</button></p></form>
      </dialog>

      <h2>${value.on_disk === null ? w.inService : w.onDisk}</h2>
      ${run ? html`<p class="legend"><span class="key"><span class="swatch covered"></span>${w.covered}</span><span class="key"><span class="swatch missed"></span>${w.missed}</span></p>` : nothing}
      <div class="source" tabindex="0" role="region" aria-label=${w.source}><ol>${lines(shown).map((text, i) => line(text, i + 1, value.problems, covered, missed))}</ol></div>`;
  }

  function line(text, number, all, covered, missed) {
    const said = all.filter((it) => it.line === number && (it.file.endsWith(`/${key}.lua`) || it.file === `${key}.lua`));
    return html`<li id="L${number}" class="${covered.has(number) ? 'covered' : ''} ${missed.has(number) ? 'missed' : ''} ${aim === number ? 'aim' : ''}">
      <a href="#L${number}" aria-label="${w.line} ${number}${missed.has(number) ? `, ${w.missed}` : covered.has(number) ? `, ${w.covered}` : ''}">${number}</a><span>${text}</span>
      ${said.map((it) => html`<span class="said ${it.severity === 'error' ? 'bad' : 'warn'}">${it.text}</span>`)}</li>`;
  }

  return {
    view: () => html`
      <p><a href="/scripts">← ${w.all}</a></p>
      ${app.may('operator') ? script.show(page) : html`<h1>${key}</h1><p class="note">${words.roleNeeded('operator')}</p>`}`,
    drawn() {
      if (aim && !aimed && script.value) {
        aimed = true;
        document.getElementById(`L${aim}`)?.scrollIntoView({ block: 'center' });
      }
    },
    escape: () => app.go('/scripts'),
    close() {
      stop();
      script.close();
    },
  };
}

const lines = (text) => text.replace(/\n$/, '').split('\n');

const AROUND = 3;

function diffView(all) {
  const near = all.map((_, i) => all.slice(Math.max(0, i - AROUND), i + AROUND + 1).some((it) => it.kind !== 'same'));
  return html`<div class="source" tabindex="0" role="region" aria-label=${w.show}><ol>${all.map((it, i) => {
    if (!near[i]) return near[i - 1] ? html`<li><a></a><span class="quiet">…</span></li>` : nothing;
    const sign = { same: ' ', added: '+', removed: '-' }[it.kind];
    return html`<li class=${it.kind}><a>${it.number ?? ''}</a><span>${sign} ${it.text}</span></li>`;
  })}</ol></div>`;
}

/**
 * What makes the lines b of the lines a: the longest common subsequence stays. What is the same at
 * both ends is set aside first, so that the table stays small for a usual change.
 */
export function differences(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  const middle = left.length * right.length > 4_000_000 ? replaced(left, right) : common(left, right);
  let number = 0;
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)].map((it) => (it.kind === 'removed' ? it : { ...it, number: ++number }));
}

const same = (text) => ({ kind: 'same', text });
const replaced = (left, right) => [...left.map((text) => ({ kind: 'removed', text })), ...right.map((text) => ({ kind: 'added', text }))];

function common(a, b) {
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
  }
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(same(a[i++]));
      j++;
    } else if (j >= b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) {
      out.push({ kind: 'removed', text: a[i++] });
    } else {
      out.push({ kind: 'added', text: b[j++] });
    }
  }
  return out;
}
