package io.moondial.logic;

import io.moondial.dialog.DialogFact;
import io.moondial.dialog.Outcome;
import io.moondial.metrics.Counters;
import java.time.Duration;

/** Counts what happens in dialogs. */
record DialogCounters(Counters counters) implements DialogObserver {
    @Override
    public void told(DialogIdentity dialog, DialogFact fact) {
        switch (fact) {
            case DialogFact.Begun begun -> counters.increment(ServiceDesk.BEGUN);
            case DialogFact.Finished(Outcome outcome, boolean explained) ->
                    counters.increment(ServiceDesk.FINISHED + outcome.word());
            case DialogFact.Undelivered undelivered -> counters.increment("dialogs.undelivered");
            case DialogFact.Noted noted -> counters.increment("dialogs.notes");
            case DialogFact.ScriptCalled(String called, String word, Duration took) -> {
                counters.increment("calls." + called + '.' + word);
                counters.add("calls." + called + ".microseconds", took.toNanos() / 1_000);
            }
            case DialogFact.ScriptWarned warned -> counters.increment("scripts.warnings");
            case DialogFact.ScriptFailed failed -> counters.increment("scripts.errors");
            case DialogFact.ScriptKilled killed -> counters.increment("scripts.killed");
            case DialogFact.ScriptSwitchedOff off -> counters.increment("scripts.switched_off");
            case DialogFact.ScriptSkipped skipped -> counters.increment("dialogs.switched_off");
            case DialogFact.Broken broken -> counters.increment("dialogs.broken");
            default -> {}
        }
    }
}
