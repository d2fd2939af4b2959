package io.moondial.cli.dial;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.handset.Subscribers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handset of a verb, on a far side where it is the only one: it takes the dialogs that the
 * engine begins with it, one at a time.
 */
final class WaitingHandset implements Handset.Holder {
    /** What comes of a dialog: a conversation that sees its screens through what it is given. */
    @FunctionalInterface
    interface Talk {
        /** On a network thread: it must not wait. */
        Conversation begin(Function<Consumer<Screen>, Conversation.Line> handset);
    }

    private final Talk talk;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final BlockingQueue<Conversation> begun = new LinkedBlockingQueue<>();

    private WaitingHandset(Talk talk) {
        this.talk = talk;
    }

    /**
     * A handset that is on from now on.
     *
     * @param msisdn its number; null: it takes what is for anybody
     */
    static WaitingHandset on(FarSide network, @Nullable Address msisdn, Talk talk) {
        WaitingHandset handset = new WaitingHandset(talk);
        Subscribers subscribers = new Subscribers();
        if (msisdn == null) {
            subscribers.others(handset);
        } else {
            subscribers.on(msisdn.digits(), handset);
        }
        network.receive(subscribers);
        return handset;
    }

    /** Whether it is in a dialog that it has dialled: until then a push finds it busy. */
    void dialling(boolean now) {
        busy.set(now);
    }

    @Override
    public Handset.@Nullable Eyes takes(Handset handset) {
        if (!busy.compareAndSet(false, true)) {
            return null;
        }
        Opened opened = new Opened();
        Conversation conversation =
                talk.begin(
                        eyes -> {
                            opened.eyes = eyes;
                            return Conversation.line(handset, () -> busy.set(false));
                        });
        begun.add(conversation);
        return (screen, received) -> {
            if (screen.isLast()) {
                busy.set(false);
            }
            opened.eyes.accept(screen);
        };
    }

    /** Where a conversation sees its screens. */
    private static final class Opened {
        private Consumer<Screen> eyes = screen -> {};
    }

    /** The next dialog that it has taken; empty: none has come within this time. */
    Optional<Conversation> next(Duration longest) throws InterruptedException {
        return Optional.ofNullable(begun.poll(longest.toNanos(), TimeUnit.NANOSECONDS));
    }
}
