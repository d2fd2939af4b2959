// Who answers a code, and why; the rules in force.
import { html, nothing } from '/lib/lit-html/lit-html.js';
import { get, segment } from '/client.js';
import { empty, Fetched, problems, values } from '/parts.js';
import { words } from '/words.js';

const w = words.rules;
const QUESTION = ['code', 'msisdn', 'ssn', 'destination', 'imsi', 'origination', 'source_gt'];

export function rules(app) {
  const { all, search = '', ...question } = app.query;
  const everything = all !== undefined;
  let looked = search;
  const inForce = new Fetched((signal) => get('/v1/rules', {}, signal), () => app.redraw());
  inForce.load();
  const answer = question.code ? new Fetched((signal) => get('/v1/rules/answer', question, signal), () => app.redraw()) : null;
  answer?.load();
  const stop = app.events.listen({ topics: ['reload'] }, (name) => {
    if (name === 'reload' || name === 'open' || name === 'lost') {
      inForce.soon();
      answer?.soon();
    }
  });

  function ask(event) {
    event.preventDefault();
    go({ ...values(event.target) });
  }

  function go(asked) {
    const query = new URLSearchParams(asked);
    if (everything) query.set('all', '');
    app.go(`/rules?${query}`);
  }

  const labels = { code: w.code, msisdn: w.number, ssn: w.ssn, destination: w.destination, imsi: w.imsi, origination: w.origination, source_gt: w.gt };

  return {
    view: () => html`
      <h1>${w.ask}</h1>
      <form class="bar" @submit=${ask}>
        ${QUESTION.map((name) => html`<label>${labels[name]}<input name=${name} .value=${question[name] ?? ''} ?data-search=${name === 'code'} ?required=${name === 'code'} inputmode=${name === 'destination' || name === 'code' ? 'text' : 'numeric'} size=${name === 'ssn' ? 4 : 14}></label>`)}
        <button class="main">${w.button}</button>
      </form>
      ${answer ? answer.show(answered) : nothing}

      <h2>${w.effective}</h2>
      ${inForce.show((value) => effective(value))}`,
    close() {
      stop();
      inForce.close();
      answer?.close();
    },
  };

  function answered(value) {
    return html`
      <p class="note ${value.script === null ? 'bad' : ''}" role="status">${value.script === null ? w.nobody : html`<a href="/scripts/${segment(value.script)}">${w.answers(value.script, value.line)}</a>`}</p>
      <div class="scroll"><table class="stack">
        <thead><tr><th class="number">${w.line}</th><th>${w.trigger}</th><th>${w.verdict}</th><th>${w.why}</th></tr></thead>
        <tbody>${value.triggers.map((it) => html`<tr class=${it.verdict === 'answers' ? 'chosen' : ''}>
          <td data-label=${w.line} class="number">${it.line}</td>
          <td data-label=${w.trigger} class="mono wide">${it.text}</td>
          <td data-label=${w.verdict} class=${it.verdict === 'answers' ? 'good nowrap' : 'quiet nowrap'}>${w.verdicts[it.verdict]}</td>
          <td data-label=${w.why} class="wide">${it.why}</td></tr>`)}</tbody></table></div>
      ${value.left_out ? html`<p class="quiet">${w.leftOut(value.left_out)}</p>` : nothing}`;
  }

  function effective(value) {
    const shown = value.settings.filter((it) => (everything || it.differs) && it.key.includes(looked));
    const query = (change) => `/rules?${new URLSearchParams({ ...question, ...change })}`;
    return html`
      <p class="quiet mono">${value.file}</p>
      ${value.waiting.length ? html`<p class="note warn">${w.waiting}: ${value.waiting.join('; ')}</p>` : nothing}
      ${value.problems.length ? html`<div class="note bad"><p>${w.problems}</p>${problems(value.problems)}</div>` : nothing}
      <p class="bar">
        <label class="check"><input type="checkbox" .checked=${!everything} @change=${() => app.go(query(everything ? {} : { all: '' }))}>${w.onlyDiffering}</label>
        <label>${w.filter}<input .value=${looked} @input=${(e) => { looked = e.target.value; app.redraw(); }}></label>
      </p>
      ${shown.length === 0 ? empty(w.none) : html`<div class="scroll"><table class="stack">
        <thead><tr><th>${w.key}</th><th>${w.value}</th><th>${w.default}</th></tr></thead>
        <tbody>${shown.map((it) => html`<tr>
          <td data-label=${w.key} class="mono">${it.key}</td>
          <td data-label=${w.value} class="mono">${it.differs ? html`<strong>${it.value ?? w.inFile}</strong>` : it.value ?? '–'}</td>
          <td data-label=${w.default} class="mono quiet">${it.default ?? '–'}</td></tr>`)}</tbody></table></div>`}
      <details><summary>${w.text}</summary><pre class="report">${value.text}</pre></details>`;
  }
}
