package io.moondial.bench;

import io.moondial.channel.DialogGoneException;
import io.moondial.channel.FarSide;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.UnsendableText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One handset of a load: it answers at once, checks every text, and takes the time of every turn.
 * Its monitor keeps a screen that comes at once waiting until the handset that sees it is there.
 */
final class LoadDialog {
    /** In the place of a time that was due: the first turn counts from when the dialog begins. */
    static final long ONCE_BEGUN = Long.MIN_VALUE;

    private final Talk talk;
    private final Tally tally;
    private final Consumer<LoadDialog> over;
    private @Nullable Handset handset;
    private int next;
    private long since;
    private Screen.@Nullable Menu held;
    private final int heldMenus;
    private boolean done;

    /**
     * A dialog that has not begun.
     *
     * @param heldMenus how many of its menus it leaves open until told to go on
     * @param over told once, when the dialog is over
     */
    LoadDialog(Talk talk, Tally tally, int heldMenus, Consumer<LoadDialog> over) {
        this.talk = talk;
        this.tally = tally;
        this.heldMenus = heldMenus;
        this.over = over;
    }

    /** Begins; the first turn counts from when it was due, in the terms of {@code nanoTime}. */
    synchronized void begin(FarSide network, long due) {
        tally.started();
        since = due == ONCE_BEGUN ? System.nanoTime() : due;
        try {
            handset = Handset.begin(network, talk.call(), this::came);
        } catch (RuntimeException e) {
            fail("a dialog cannot be begun: " + e.getMessage());
        }
    }

    private synchronized void came(Screen screen) {
        if (done) {
            return;
        }
        tally.turn(System.nanoTime() - since);
        Talk.Shown shown = Talk.Shown.of(screen);
        if (!shown.equals(talk.screens().get(next))) {
            fail(
                    "screen %d: expected %s, got %s"
                            .formatted(next + 1, talk.screens().get(next), shown));
            if (!screen.isLast()) {
                giveUp();
            }
            return;
        }
        next++;
        if (next == talk.screens().size()) {
            finish();
        } else if (screen instanceof Screen.Menu menu && next <= heldMenus) {
            held = menu;
            tally.parked();
        } else {
            react(screen, System.nanoTime());
        }
    }

    /** Answers the menu that was left open, now. */
    void goOn() {
        goOn(System.nanoTime());
    }

    /** Answers the menu that was left open; the turn counts from when that was due. */
    synchronized void goOn(long due) {
        Screen.Menu menu = held;
        if (menu != null) {
            held = null;
            react(menu, due);
        }
    }

    private void react(Screen screen, long from) {
        Handset mine = handset;
        if (mine == null) {
            throw new IllegalStateException("a screen before the handset began: " + screen);
        }
        since = from;
        try {
            switch (screen) {
                case Screen.Menu menu -> mine.answer(menu, talk.answer());
                case Screen.Notify notify -> mine.acknowledge(notify);
                case Screen.Respond r -> throw unexpectedEnd(r);
                case Screen.Decline d -> throw unexpectedEnd(d);
                case Screen.Acknowledge a -> throw unexpectedEnd(a);
                case Screen.Close c -> throw unexpectedEnd(c);
                case Screen.Abort a -> throw unexpectedEnd(a);
                case Screen.Reject r -> throw unexpectedEnd(r);
            }
        } catch (UnsendableText | DialogGoneException e) {
            fail("answer %d cannot be sent: %s".formatted(next, e.getMessage()));
        }
    }

    private static IllegalStateException unexpectedEnd(Screen screen) {
        return new IllegalStateException("a conversation goes on behind " + screen);
    }

    /** Counts as failed where it is not over yet. */
    synchronized void neverAnswered() {
        if (!done) {
            fail("screen %d never came".formatted(next + 1));
            giveUp();
        }
    }

    private void giveUp() {
        if (handset != null) {
            handset.vanish();
        }
    }

    private void finish() {
        done = true;
        tally.finished();
        over.accept(this);
    }

    private void fail(String why) {
        done = true;
        tally.failed(why);
        over.accept(this);
    }
}
