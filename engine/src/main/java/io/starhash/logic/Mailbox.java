package io.starhash.logic;

import io.starhash.dialog.DialogEvent;
import io.starhash.time.Activity;
import java.util.concurrent.LinkedTransferQueue;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to a dialog and is not taken in yet. Anybody posts; only the dialog's thread
 * takes. An event is an activity from its posting until it is taken in, and so is the thread,
 * except while it waits here for the next event.
 */
final class Mailbox {
    private final LinkedTransferQueue<DialogEvent> events = new LinkedTransferQueue<>();
    private final Activity activity;

    /** Beyond this nobody takes anything any more. Guarded by this. */
    private boolean closed;

    Mailbox(Activity activity) {
        this.activity = activity;
    }

    // ---- from any thread

    synchronized void post(DialogEvent event) {
        if (!closed) {
            activity.begin();
            events.add(event);
        }
    }

    // ---- on the dialog's thread

    /** The next event that is there; null where there is none. To be followed by {@link #done}. */
    @Nullable DialogEvent poll() {
        return events.poll();
    }

    /** What {@link #poll} gave has been taken in. */
    void done() {
        activity.end();
    }

    /** Waits for the next event; from then on it is the thread's own activity. */
    DialogEvent take() {
        activity.end();
        try {
            return events.take();
        } catch (InterruptedException e) {
            activity.begin();
            return new DialogEvent.Stopped("the script's thread was interrupted");
        }
    }

    /** The thread is about to end. */
    void close() {
        refuseMore();
        while (events.poll() != null) {
            activity.end();
        }
    }

    private synchronized void refuseMore() {
        closed = true;
    }
}
