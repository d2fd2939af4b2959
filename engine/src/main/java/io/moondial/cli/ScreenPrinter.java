package io.moondial.cli;

import io.moondial.handset.Screen;
import java.io.PrintWriter;

/** How the conversation is shown. */
sealed interface ScreenPrinter permits PlainScreens, JsonScreens {
    static ScreenPrinter to(PrintWriter out, boolean json) {
        return json ? new JsonScreens(out) : new PlainScreens(out);
    }

    /** A screen has come. */
    void screen(Screen screen);

    /** Somebody is about to type an answer. */
    void prompt();

    /** An answer that nobody saw being typed. */
    void answer(String text);
}
