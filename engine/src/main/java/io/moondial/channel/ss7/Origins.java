package io.moondial.channel.ss7;

import io.moondial.channel.ss7.Drops.SccpWords;
import io.moondial.channel.ss7.SignallingLimits.OriginCheck;
import io.moondial.channel.ss7.screening.TransactionPortion;
import io.moondial.channel.ss7.screening.TransactionPortion.TransactionKind;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.sccp.message.SccpDataMessage;
import org.restcomm.protocols.ss7.sccp.message.SccpNoticeMessage;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.DialogImpl;

/**
 * Whether a message comes from where its dialog's far side is. The stack looks only at our
 * transaction id, which proves nothing: others may have seen it, or guess it.
 *
 * <p>The addresses of both sides stay the same once each has sent a message (ITU-T Q.771
 * 3.1.2.2.2); the first message that answers a BEGIN of ours may come from another address than was
 * called, and brings the far side's transaction id. Of an address its global title's digits and its
 * subsystem are compared: networks change the rest on the way (translation type, routing indicator,
 * a point code beside a title).
 */
final class Origins {
    private static final HexFormat HEX = HexFormat.of();

    private final OriginCheck level;
    private final SignallingPlan plan;

    Origins(OriginCheck level, SignallingPlan plan) {
        this.level = level;
        this.plan = plan;
    }

    /**
     * What is strange about a message for this dialog; null: nothing, and its point code is the
     * dialog's from now on if there was none. Under the dialog's lock.
     */
    @Nullable String strange(
            DialogImpl dialog, SccpDataMessage message, TransactionPortion transaction) {
        byte[] farId = TransactionIds.remoteOctets(dialog);
        String strange =
                level == OriginCheck.OFF
                        ? null
                        : farId == null
                                ? strangeAnswer(dialog, message.getIncomingOpc())
                                : strange(dialog, farId, message, transaction);
        if (strange == null && farId == null) {
            dialog.setRemotePc(message.getIncomingOpc());
        }
        return strange;
    }

    /** The first message back: whom we called by his point code answers from there. */
    private @Nullable String strangeAnswer(DialogImpl dialog, int pointCode) {
        SccpAddress called = dialog.getRemoteAddress();
        boolean onSubsystem =
                called.getAddressIndicator().getRoutingIndicator()
                        == RoutingIndicator.ROUTING_BASED_ON_DPC_AND_SSN;
        return onSubsystem ? strangePoint(called.getSignalingPointCode(), pointCode) : null;
    }

    private @Nullable String strange(
            DialogImpl dialog,
            byte[] farId,
            SccpDataMessage message,
            TransactionPortion transaction) {
        String strange = strangePoint(dialog.getRemotePc(), message.getIncomingOpc());
        byte[] origin = transaction.originatingId();
        if (strange == null && origin != null) {
            strange = strangeId(farId, origin);
        }
        return strange == null && level == OriginCheck.STRICT
                ? strangeAddress(dialog.getRemoteAddress(), message.getCallingPartyAddress())
                : strange;
    }

    /**
     * What is strange about a message of ours that comes back undelivered; null: nothing. It must
     * be one that we sent to this dialog's far side.
     */
    @Nullable String strange(
            DialogImpl dialog, SccpNoticeMessage notice, TransactionPortion returned) {
        if (level == OriginCheck.OFF) {
            return null;
        }
        byte[] farId = TransactionIds.remoteOctets(dialog);
        boolean ofBegin = returned.kind() == TransactionKind.BEGIN;
        if (ofBegin != (farId == null)) {
            return "TC-" + returned.kind() + " is none that it has sent";
        }
        String strange = farId == null ? null : strangeId(farId, returned.destinationId());
        if (strange != null || level != OriginCheck.STRICT) {
            return strange;
        }
        String notOurs = strangeAddress(dialog.getLocalAddress(), notice.getCalledPartyAddress());
        return notOurs == null
                ? strangeAddress(dialog.getRemoteAddress(), notice.getCallingPartyAddress())
                : notOurs;
    }

    private @Nullable String strangePoint(int expected, int found) {
        return plan.related(expected, found)
                ? null
                : "point code %d where %d is the far side's".formatted(found, expected);
    }

    private static @Nullable String strangeId(byte[] expected, byte @Nullable [] found) {
        return Arrays.equals(expected, found)
                ? null
                : "transaction id %s where %s is the far side's"
                        .formatted(
                                found == null ? "none" : HEX.formatHex(found),
                                HEX.formatHex(expected));
    }

    private @Nullable String strangeAddress(SccpAddress expected, SccpAddress found) {
        String title = title(expected);
        boolean same =
                Objects.equals(title, title(found))
                        && sameSubsystem(expected, found)
                        && (title != null || samePoint(expected, found));
        return same
                ? null
                : "%s where %s is expected".formatted(SccpWords.of(found), SccpWords.of(expected));
    }

    private static @Nullable String title(SccpAddress address) {
        return address.getGlobalTitle() == null ? null : address.getGlobalTitle().getDigits();
    }

    private static boolean sameSubsystem(SccpAddress one, SccpAddress other) {
        return one.getSubsystemNumber() <= 0
                || other.getSubsystemNumber() <= 0
                || one.getSubsystemNumber() == other.getSubsystemNumber();
    }

    private boolean samePoint(SccpAddress one, SccpAddress other) {
        return one.getSignalingPointCode() <= 0
                || other.getSignalingPointCode() <= 0
                || plan.related(one.getSignalingPointCode(), other.getSignalingPointCode());
    }
}
