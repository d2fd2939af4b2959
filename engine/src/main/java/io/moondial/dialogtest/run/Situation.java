package io.moondial.dialogtest.run;

import io.moondial.handset.Screen;

/** In words, how a dialog at rest stands. */
final class Situation {
    private Situation() {}

    static String of(World world, Call call) {
        if (call.isOver()) {
            return "the dialog is over";
        }
        String place = world.lastPlace(call);
        String waiting =
                call.open()
                        .map(Screen::word)
                        .map(word -> " for the answer to its " + word)
                        .orElse("");
        return place.isEmpty()
                ? "the dialog is open, and nothing has been sent in it"
                : "the script waits" + waiting + " at " + place;
    }
}
