package io.moondial.handset;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.FarSide.Locator;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.handset.Handset.Holder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of a far side: who is at home takes the dialogs that the engine begins with him.
 * Whom a dialog is for, its destination reference says: the number, or the IMSI that the HLR of the
 * far side has of it. From any thread.
 */
public final class Subscribers implements FarSide.Taker {
    /** MAP errors (3GPP TS 29.002 17.6.6). */
    public static final int ABSENT_SUBSCRIBER = 27;

    public static final int USSD_BUSY = 72;

    private static final Logger log = LoggerFactory.getLogger(Subscribers.class);
    private static final MessageLink.Receiver NOBODY = message -> {};

    /** By their number, and by the IMSI that the HLR has of it. */
    private final Map<String, Subscriber> known = new HashMap<>();

    /** Who takes what is for nobody that is known; null: they are absent. */
    private @Nullable Holder stranger;

    /** What happens to a dialog that the engine begins with a subscriber. */
    public sealed interface Reaction {
        /** His handset takes it, if it is on: otherwise he is absent (error 27). */
        record Takes() implements Reaction {}

        /** The network answers with a ReturnError. */
        record Refuses(int code) implements Reaction {}

        /** Nothing comes back. */
        record Silent() implements Reaction {}

        /** The network breaks it off: TC-U-ABORT. */
        record Aborts() implements Reaction {}
    }

    /** A subscriber, and what happens to his next dialogs. */
    private static final class Subscriber {
        private final Deque<Reaction> next = new ArrayDeque<>();
        private @Nullable Holder holder;

        /** The last of them is for all that follow. */
        private Reaction reaction() {
            if (next.isEmpty()) {
                return new Reaction.Takes();
            }
            return next.size() > 1 ? next.removeFirst() : next.getFirst();
        }
    }

    /**
     * The handset of this number is on, and stays so until it is {@link #off}.
     *
     * @param msisdn digits of an international number
     */
    public synchronized void on(String msisdn, Holder holder) {
        subscriber(msisdn).holder = holder;
    }

    /** The handset of this number is off, if this is who holds it. */
    public synchronized void off(String msisdn, Holder holder) {
        Subscriber subscriber = known.get(msisdn);
        if (subscriber != null && holder.equals(subscriber.holder)) {
            subscriber.holder = null;
            if (subscriber.next.isEmpty()) {
                known.remove(msisdn);
                known.remove(Locator.imsi(msisdn));
            }
        }
    }

    /** The handset of this number is off, whoever holds it. */
    public synchronized void off(String msisdn) {
        Subscriber subscriber = known.get(msisdn);
        if (subscriber != null && subscriber.holder != null) {
            off(msisdn, subscriber.holder);
        }
    }

    /** From now on he takes what is for nobody that is known; null: they are absent. */
    public synchronized void others(@Nullable Holder holder) {
        stranger = holder;
    }

    /**
     * What happens to the next dialogs with a subscriber, one after the other; the last of it
     * happens to all that follow.
     */
    public synchronized void react(String msisdn, List<Reaction> reactions) {
        subscriber(msisdn).next.addAll(reactions);
    }

    private Subscriber subscriber(String msisdn) {
        Subscriber subscriber = known.computeIfAbsent(msisdn, it -> new Subscriber());
        known.put(Locator.imsi(msisdn), subscriber);
        return subscriber;
    }

    @Override
    public MessageLink.Receiver begun(MessageDesk.Begin begin, MessageLink link) {
        Reaction reaction;
        Holder holder;
        synchronized (this) {
            Subscriber subscriber = meant(begin.opening().destination());
            reaction = subscriber == null ? new Reaction.Takes() : subscriber.reaction();
            holder = subscriber == null ? stranger : subscriber.holder;
        }
        return switch (reaction) {
            case Reaction.Takes t when holder == null -> refused(begin, link, ABSENT_SUBSCRIBER);
            case Reaction.Takes t -> offered(begin, link, holder);
            case Reaction.Refuses(int code) -> refused(begin, link, code);
            case Reaction.Silent s -> {
                link.forget();
                yield NOBODY;
            }
            case Reaction.Aborts a -> aborted(link);
        };
    }

    private @Nullable Subscriber meant(@Nullable Address destination) {
        return destination == null ? null : known.get(destination.digits());
    }

    private static MessageLink.Receiver offered(
            MessageDesk.Begin begin, MessageLink link, Holder holder) {
        Handset handset = Handset.offered(begin, link, holder);
        return handset == null ? refused(begin, link, USSD_BUSY) : handset.receiver();
    }

    private static MessageLink.Receiver refused(
            MessageDesk.Begin begin, MessageLink link, int code) {
        FarSide.refuse(begin, link, code);
        return NOBODY;
    }

    private static MessageLink.Receiver aborted(MessageLink link) {
        try {
            link.send(new Message.Abort("the network breaks it off"));
        } catch (DialogGoneException e) {
            log.debug("{} ended before it could be broken off", link.localTid());
        }
        return NOBODY;
    }
}
