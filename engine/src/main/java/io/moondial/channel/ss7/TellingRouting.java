package io.moondial.channel.ss7;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.sccp.SccpResource;
import org.restcomm.protocols.ss7.sccp.impl.SccpProviderImpl;
import org.restcomm.protocols.ss7.sccp.impl.SccpRoutingControl;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpAddressedMessageImpl;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpNoticeMessageImpl;
import org.restcomm.protocols.ss7.sccp.parameter.RefusalCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.ReturnCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;

/**
 * SCCP's routing, which tells of every message that goes nowhere. Of one of ours the sender learns
 * at once: the stack says so by a notice later, when the dialog that was ended by the message is
 * gone. Of one that came in the stack says nothing, but for the UDTS where that was asked.
 */
final class TellingRouting extends SccpRoutingControl {
    private static final int MANAGEMENT = 1;

    private final SccpProviderImpl provider;
    private final SccpStackImpl stack;
    private final Reach reach;
    private final Drops drops;
    private final SendContext<String> undelivered;
    private final AnswerRate answers;
    private final Runnable read;

    /**
     * A routing that is not started.
     *
     * @param answers that go back to senders of what cannot be delivered, among others
     * @param read told of each message from the network that the stack has read and made whole
     */
    TellingRouting(
            SccpProviderImpl provider,
            SccpStackImpl stack,
            Reach reach,
            Drops drops,
            SendContext<String> undelivered,
            AnswerRate answers,
            Runnable read) {
        super(provider, stack);
        this.provider = provider;
        this.stack = stack;
        this.reach = reach;
        this.drops = drops;
        this.undelivered = undelivered;
        this.answers = answers;
        this.read = read;
    }

    /** A message from the network. */
    @Override
    protected void routeMssgFromMtp(SccpAddressedMessageImpl message) throws Exception {
        read.run();
        SccpAddress called = message.getCalledPartyAddress();
        if (called.getSubsystemNumber() == MANAGEMENT && isOnTitle(called)) {
            // SCMG is between neighbours (ITU-T Q.714 5): through others' titles comes none.
            drops.drop(
                    "sccp.dropped.management_by_title",
                    "dropped a message from point code {} to {}: SCCP management is not called by a title",
                    message.getIncomingOpc(),
                    SccpWords.of(called));
            return;
        }
        super.routeMssgFromMtp(message);
    }

    private static boolean isOnTitle(SccpAddress address) {
        return address.getAddressIndicator().getRoutingIndicator()
                == RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE;
    }

    @Override
    public void sendSccpError(
            SccpAddressedMessageImpl message, ReturnCauseValue cause, RefusalCauseValue refusal)
            throws Exception {
        if (message.getIsMtpOriginated()) {
            ReturnCauseValue exact = exact(message, cause);
            Return back = back(message);
            tell(message, exact, back);
            if (back == Return.SENT) {
                super.sendSccpError(message, exact, refusal);
            }
            return;
        }
        String why =
                "SCCP has no route to %s: %s"
                        .formatted(
                                SccpWords.of(message.getCalledPartyAddress()),
                                why(message.getCalledPartyAddress(), cause));
        if (message instanceof SccpNoticeMessageImpl) {
            drops.drop("sccp.unreturnable", "a message could not be returned: {}", why);
        } else {
            undelivered.say(why);
        }
        super.sendSccpError(message, cause, refusal);
    }

    /** The stack takes a subsystem that is not ours for one of ours that has failed. */
    private ReturnCauseValue exact(SccpAddressedMessageImpl message, ReturnCauseValue cause) {
        return cause == ReturnCauseValue.SUBSYSTEM_FAILURE
                        && provider.getSccpListener(
                                        message.getCalledPartyAddress().getSubsystemNumber())
                                == null
                ? ReturnCauseValue.UNEQUIPED_USER
                : cause;
    }

    /** What becomes of a message from the network that cannot be delivered. */
    private enum Return {
        SENT("returned to its sender"),
        NOT_ASKED_FOR("its sender did not ask for its return"),
        TOO_MANY("not returned: as many answers went out within this second as are allowed");

        private final String words;

        Return(String words) {
            this.words = words;
        }
    }

    private Return back(SccpAddressedMessageImpl message) {
        if (!message.getReturnMessageOnError()) {
            return Return.NOT_ASKED_FOR;
        }
        if (answers.allows(message)) {
            return Return.SENT;
        }
        drops.count("sccp.unreturned");
        return Return.TOO_MANY;
    }

    private void tell(SccpAddressedMessageImpl message, ReturnCauseValue cause, Return back) {
        drops.drop(
                "sccp.dropped." + SccpWords.counter(cause),
                "dropped a message from point code {} (calling party: {}) to {}: {}; {}",
                message.getIncomingOpc(),
                SccpWords.of(message.getCallingPartyAddress()),
                SccpWords.of(message.getCalledPartyAddress()),
                SccpWords.of(cause),
                back.words);
    }

    private String why(SccpAddress called, ReturnCauseValue cause) {
        int point = called.getSignalingPointCode();
        int subsystem = called.getSubsystemNumber();
        SccpResource known = stack.getSccpResource();
        return switch (cause) {
            case MTP_FAILURE -> reach.why(point);
            case SCCP_FAILURE ->
                    known.getRemoteSpcByPC(point) == null
                            ? "point code %d is not among point_codes".formatted(point)
                            : known.getRemoteSsn(point, subsystem) == null && !isOnTitle(called)
                                    ? "subsystem %d of point code %d is not among remote_subsystems"
                                            .formatted(subsystem, point)
                                    : SccpWords.of(cause);
            case SUBSYSTEM_FAILURE ->
                    "subsystem %d of point code %d is out of service, as the far side says (SSP)"
                            .formatted(subsystem, point);
            default -> SccpWords.of(cause);
        };
    }

    /** Since when points cannot be reached, and why. */
    static final class Reach {
        private final IntPredicate linked;
        private final Map<Integer, Instant> lost = new ConcurrentHashMap<>();

        /**
         * No point has been lost yet.
         *
         * @param linked whether a link leads to a point
         */
        Reach(IntPredicate linked) {
            this.linked = linked;
        }

        void lost(int pointCode) {
            lost.putIfAbsent(pointCode, Instant.now().truncatedTo(ChronoUnit.SECONDS));
        }

        void found(int pointCode) {
            lost.remove(pointCode);
        }

        /** In words, of a point that cannot be reached. */
        String why(int pointCode) {
            Instant since = lost.get(pointCode);
            return "point code %d cannot be reached (%s)"
                    .formatted(pointCode, why(pointCode, since));
        }

        private String why(int pointCode, @Nullable Instant since) {
            if (linked.test(pointCode)) {
                return since == null
                        ? "the far side has not said yet that it can"
                        : "DUNA since " + since;
            }
            return since == null
                    ? "there was no link to it yet"
                    : "no link leads to it since " + since;
        }
    }
}
