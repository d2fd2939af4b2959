package io.moondial.dialog;

import java.util.List;

/** What an event comes to: the dialog afterwards, and what is to be done, in order. */
public record Transition(Dialog next, List<DialogAction> actions) {
    public Transition {
        actions = List.copyOf(actions);
    }
}
