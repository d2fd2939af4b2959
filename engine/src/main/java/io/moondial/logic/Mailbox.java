package io.moondial.logic;

import io.moondial.dialog.DialogEvent;
import io.moondial.time.Time.Activity;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to a dialog and is not handled yet. Anybody may post; only the dialog's thread
 * takes. An event is an activity from its posting until it is handled, and so is the thread, except
 * while it waits here for the next event.
 *
 * <p>It waits without a queue that blocks: the frames of one would be on the stack of every dialog
 * that waits.
 */
final class Mailbox {
    private final Queue<DialogEvent> events = new ConcurrentLinkedQueue<>();
    private final Activity activity;
    private volatile @Nullable Thread waiter;

    /** Somebody has something for the thread that is no event. An activity too. */
    private volatile boolean woken;

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
            LockSupport.unpark(waiter);
        }
    }

    /** Makes {@link #take} return, now or when it is called next. */
    synchronized void wake() {
        if (!closed && !woken) {
            activity.begin();
            woken = true;
            LockSupport.unpark(waiter);
        }
    }

    // ---- on the dialog's thread

    /** The next event that is there; null if there is none. To be followed by {@link #done}. */
    @Nullable DialogEvent poll() {
        return events.poll();
    }

    /** What {@link #poll} gave has been handled. */
    void done() {
        activity.end();
    }

    /**
     * Waits for the next event; from then on it is the thread's own activity. Null: there is none,
     * and somebody has woken the thread.
     */
    @Nullable DialogEvent take() {
        activity.end();
        waiter = Thread.currentThread();
        DialogEvent event = events.poll();
        while (event == null && !woken) {
            LockSupport.park(this);
            event = Thread.interrupted() ? interrupted() : events.poll();
        }
        waiter = null;
        if (event == null) {
            awake();
        }
        return event;
    }

    private synchronized void awake() {
        woken = false;
    }

    private DialogEvent interrupted() {
        activity.begin();
        return new DialogEvent.Stopped("the script's thread was interrupted", false);
    }

    /** The thread is about to end. */
    void close() {
        refuseMore();
        while (events.poll() != null) {
            activity.end();
        }
        if (woken) {
            awake();
            activity.end();
        }
    }

    private synchronized void refuseMore() {
        closed = true;
    }
}
