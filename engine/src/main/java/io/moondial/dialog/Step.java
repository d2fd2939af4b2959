package io.moondial.dialog;

import io.moondial.text.Dcs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One transition in the making: the dialog's state as it changes, and the actions so far. */
final class Step {
    private final List<DialogAction> actions = new ArrayList<>(4);
    final DialogSetup setup;
    final LateScreens late;
    Phase phase;
    Dcs dcs;

    Step(DialogSetup setup, Phase phase, LateScreens late, Dcs dcs) {
        this.setup = setup;
        this.phase = phase;
        this.late = late.copy();
        this.dcs = dcs;
    }

    Transition done() {
        return new Transition(new Dialog(setup, phase, late, dcs), actions);
    }

    void send(Message message) {
        actions.add(new DialogAction.Send(message));
    }

    /** Sends a message with a text; a mask takes the text's place in traces. */
    void send(Message message, @Nullable String mask) {
        if (mask != null) {
            actions.add(new DialogAction.HideText());
        }
        send(message);
    }

    void keepSecret(int invokeId) {
        actions.add(new DialogAction.KeepSecret(invokeId));
    }

    /** A record with these fields: names and values in turn; a null value leaves its field out. */
    void record(String event, @Nullable Object... fields) {
        SortedMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            Object value = fields[i + 1];
            if (value != null) {
                map.put(String.valueOf(fields[i]), value.toString());
            }
        }
        actions.add(new DialogAction.Write(event, map));
    }

    /** How many records have been written so far. */
    int written() {
        return (int) actions.stream().filter(DialogAction.Write.class::isInstance).count();
    }

    void startTimer(int invokeId, Duration after) {
        actions.add(new DialogAction.StartTimer(invokeId, after));
    }

    void stopTimer() {
        actions.add(new DialogAction.StopTimer());
    }

    void reply(PrimitiveResult result) {
        actions.add(new DialogAction.Reply(result));
    }

    void refuse(String message) {
        actions.add(new DialogAction.Refuse(message));
    }

    void kill(String reason) {
        actions.add(new DialogAction.Kill(reason));
    }

    void warn(String text) {
        actions.add(new DialogAction.Warn(text));
    }

    void note(String text) {
        actions.add(new DialogAction.Note(text));
    }

    void finish(Phase end, Outcome outcome) {
        phase = end;
        actions.add(new DialogAction.Finish(outcome));
    }
}
