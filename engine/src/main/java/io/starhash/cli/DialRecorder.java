package io.starhash.cli;

import io.starhash.dialogtest.language.Recorded;
import io.starhash.handset.Screen;
import io.starhash.handset.Subscriber;
import io.starhash.text.Dcs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Keeps a dialled conversation, to be added to a file as a test. */
final class DialRecorder {
    private static final int USUAL_SSN = 6;

    private final @Nullable Path file;
    private final Recorded recorded = new Recorded();
    private boolean waiting;
    private long since;

    /**
     * @param file null: nothing is kept
     */
    DialRecorder(@Nullable Path file) {
        this.file = file;
    }

    void opened(Subscriber subscriber, int dcs, boolean push, String text) {
        recorded.setting("from", subscriber.msisdn());
        recorded.setting("to", subscriber.destination());
        recorded.setting("origination", subscriber.origination());
        recorded.setting("ssn", subscriber.ssn(), USUAL_SSN);
        recorded.setting("dcs", dcs, Dcs.UNSPECIFIED.octet());
        recorded.opened(push, text);
    }

    void came(Screen screen) {
        if (waiting) {
            recorded.waited(Duration.ofNanos(System.nanoTime() - since));
        }
        recorded.came(screen);
        waiting = screen instanceof Screen.Menu;
        since = System.nanoTime();
    }

    void answered(String text) {
        recorded.did("answer", text);
        waiting = false;
    }

    void gaveUp() {
        recorded.did("abandon", "");
    }

    /** Adds the test, where that is wanted. */
    void write(PrintWriter err) throws IOException {
        if (file != null) {
            err.println("ussd: recorded in " + file + " as \"" + recorded.addTo(file) + "\"");
        }
    }
}
