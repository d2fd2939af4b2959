package io.moondial.channel.ss7;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.restcomm.protocols.ss7.sccp.message.SccpAddressedMessage;
import org.restcomm.protocols.ss7.sccp.parameter.GlobalTitle;

/**
 * How many answers to strangers may go out within a second: in total, over one link, and to one far
 * end. A flood of messages that need an answer must not make the engine send a flood.
 */
final class AnswerRate {
    private static final long WINDOW = Duration.ofSeconds(1).toNanos();

    private final Shares inAll;
    private final int perFarEnd;
    private final LinksBelow links;
    private final LongSupplier nanos;

    /** Who got how many within this second: no more entries than answers. */
    private final Map<Object, Integer> answered = new HashMap<>();

    private long began;

    /**
     * Nothing is answered yet.
     *
     * @param nanos a clock that only goes forward
     */
    AnswerRate(int inAll, int perFarEnd, LinksBelow links, LongSupplier nanos) {
        this.inAll = new Shares(inAll, links);
        this.perFarEnd = perFarEnd;
        this.links = links;
        this.nanos = nanos;
        began = nanos.getAsLong();
    }

    /**
     * Whether this message, which this thread has from its link, may have an answer now, which then
     * counts.
     */
    boolean allows(SccpAddressedMessage message) {
        GlobalTitle title = message.getCallingPartyAddress().getGlobalTitle();
        return allows(
                title == null || title.getDigits() == null
                        ? (Object) message.getIncomingOpc()
                        : title.getDigits());
    }

    /** The same of a message of this far end. */
    synchronized boolean allows(Object farEnd) {
        long now = nanos.getAsLong();
        if (now - began >= WINDOW) {
            began = now;
            inAll.giveAllBack();
            answered.clear();
        }
        int before = answered.getOrDefault(farEnd, 0);
        if (before >= perFarEnd || inAll.take(links.current()) != Shares.Verdict.TAKEN) {
            return false;
        }
        answered.put(farEnd, before + 1);
        return true;
    }
}
