package io.moondial.channel.ss7;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.moondial.channel.DialogDesk.Cause;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.ss7.MapLink.Received;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.UssdParameter.MapError;
import io.moondial.dialog.DialogKind;
import io.moondial.metrics.Counters;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.tcap.DialogImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a TC-BEGIN must be to become a dialog: exactly one Invoke of a USSD operation, well formed.
 * Where there is an HLR, one of sendRoutingInfoForSM is answered at once.
 */
final class BeginScreening {
    private static final Logger log = LoggerFactory.getLogger(BeginScreening.class);

    private final MessageDesk desk;
    private final int ownPointCode;
    private final String globalTitle;
    private final Guards guards;
    private final LinksBelow links;
    private final Counters counters;

    /** Of dialogs that wait for their first Invoke. */
    private final Shares places;

    /** Which link each of them was begun over. */
    private final Map<MapLink, Object> waiting = new ConcurrentHashMap<>();

    BeginScreening(
            MessageDesk desk,
            int ownPointCode,
            String globalTitle,
            Guards guards,
            LinksBelow links,
            Counters counters) {
        this.counters = counters;
        this.desk = desk;
        this.ownPointCode = ownPointCode;
        this.globalTitle = globalTitle;
        this.guards = guards;
        this.links = links;
        places = new Shares(guards.maxWithoutInvoke(), links);
    }

    /**
     * The TC-BEGIN of this link is complete, or the TC-CONTINUE after one that held no Invoke
     * (MAP-OPEN with MAP-DELIMITER, 3GPP TS 29.002 7.3).
     */
    void complete(MapLink link) {
        List<Received> components = link.take();
        if (link.stopWaiting()) {
            leave(link);
        } else if (components.isEmpty()) {
            accept(link);
            return;
        }
        if (!components.isEmpty() && components.stream().allMatch(BeginScreening::isRejected)) {
            refuse(
                    link,
                    Cause.UNREADABLE,
                    new Message.End(List.of()),
                    "no component can be read where an Invoke is due: rejected");
            return;
        }
        if (components.size() != 1 || !(components.getFirst() instanceof Received.Invoke invoke)) {
            refuse(
                    link,
                    Cause.NOT_ONE_INVOKE,
                    new Message.Abort("not exactly one Invoke"),
                    "%d components where exactly one Invoke is allowed: aborted"
                            .formatted(components.size()));
            return;
        }
        if (SmRouting.isAbout(link.dialog().getApplicationContext())) {
            FarSide.Locator hlr = desk.hlr();
            if (hlr != null && invoke.operation() == SmRouting.OPERATION) {
                locate(link, invoke, hlr);
                return;
            }
        } else if (desk.serves(invoke.operation())) {
            open(link, invoke);
            return;
        }
        refuse(
                link,
                Cause.UNKNOWN_OPERATION,
                new Message.End(List.of(new Component.Rejected(invoke.invokeId(), ""))),
                "the first Invoke is of %s, which is not served: rejected"
                        .formatted(Operation.name(invoke.operation())));
    }

    private void accept(MapLink link) {
        Object association = links.current();
        switch (places.take(association)) {
            case TAKEN -> {
                waiting.put(link, association);
                link.awaitInvoke(guards.firstInvokeTimeout());
            }
            case FULL ->
                    refuseToWait(
                            link,
                            "%d others wait for theirs (max_without_invoke)"
                                    .formatted(guards.maxWithoutInvoke()));
            case SHARE_FULL ->
                    refuseToWait(
                            link,
                            "its association has its share of the %d that may wait for theirs (max_without_invoke)"
                                    .formatted(guards.maxWithoutInvoke()));
        }
    }

    private void refuseToWait(MapLink link, String why) {
        refuse(
                link,
                Cause.NO_INVOKE,
                new Message.Abort("too many dialogs wait for their first Invoke"),
                "begun without an Invoke, and " + why + ": aborted");
    }

    private void leave(MapLink link) {
        places.giveBack(Objects.requireNonNull(waiting.remove(link), "one that waits"));
    }

    /** A dialog is over: if it still waited for its first Invoke, that never came. */
    void over(MapLink link) {
        if (link.stopWaiting()) {
            leave(link);
            desk.refused(
                    new Refusal(
                            link.localTid(),
                            TransactionIds.remote(link.dialog().getTcapDialog()),
                            Cause.NO_INVOKE,
                            "begun without an Invoke, and over without one: none came within %s"
                                            .formatted(guards.firstInvokeTimeout())
                                    + " (first_invoke_timeout), or the far side ended it"));
        }
    }

    /** The stack has rejected it, and the Reject waits to be sent. */
    private static boolean isRejected(Received received) {
        return received instanceof Received.Other(Component.UnknownInvoke u);
    }

    private void open(MapLink link, Received.Invoke invoke) {
        try {
            UssdParameter argument = UssdParameter.read(invoke.parameter());
            Opening opening = opening(link, invoke, argument, DialledString.text(argument.ussd()));
            Begin begin = new Begin(invoke.invokeId(), invoke.operation(), opening);
            link.receiver(desk.begun(begin, link));
        } catch (MalformedException e) {
            refuseWithError(link, invoke, Cause.MALFORMED_ARGUMENT, e.errorCode, e.getMessage());
        } catch (UndecodableString e) {
            refuseUndecodable(link, invoke, e);
        }
    }

    private void locate(MapLink link, Received.Invoke invoke, FarSide.Locator hlr) {
        try {
            String msisdn = SmRouting.Argument.read(invoke.parameter()).msisdn().digits();
            MAPApplicationContext context = link.dialog().getApplicationContext();
            link.receiver(message -> {});
            link.send(
                    new Message.End(
                            List.of(
                                    routing(
                                            invoke.invokeId(),
                                            hlr.whereIs(msisdn),
                                            context.getApplicationContextVersion().getVersion()))));
        } catch (MalformedException e) {
            refuseWithError(link, invoke, Cause.MALFORMED_ARGUMENT, e.errorCode, e.getMessage());
        } catch (DialogGoneException e) {
            log.debug("{} ended before it could be answered", link.localTid());
        }
    }

    private Component routing(int invokeId, FarSide.Whereabouts whereabouts, int version) {
        return switch (whereabouts) {
            case FarSide.Whereabouts.At(String imsi, var node) ->
                    new Component.Located(
                            invokeId, imsi, Objects.requireNonNullElse(node, globalTitle));
            case FarSide.Whereabouts.Absent a ->
                    new Component.ErrorReturned(
                            invokeId,
                            version == SmRouting.OLDEST_VERSION
                                    ? MapError.ABSENT_SUBSCRIBER
                                    : MapError.ABSENT_SUBSCRIBER_SM);
            case FarSide.Whereabouts.Refused(int code) ->
                    new Component.ErrorReturned(invokeId, code);
        };
    }

    private void refuseUndecodable(MapLink link, Received.Invoke invoke, UndecodableString e) {
        switch (e.reason()) {
            case UNKNOWN_ALPHABET ->
                    refuseWithError(
                            link,
                            invoke,
                            Cause.UNKNOWN_ALPHABET,
                            MapError.UNKNOWN_ALPHABET,
                            e.getMessage());
            case MALFORMED ->
                    refuseWithError(
                            link,
                            invoke,
                            Cause.MALFORMED_ARGUMENT,
                            MapError.UNEXPECTED_DATA_VALUE,
                            e.getMessage());
        }
    }

    private Opening opening(
            MapLink link, Received.Invoke invoke, UssdParameter argument, String text) {
        DialogImpl tcap = (DialogImpl) link.dialog().getTcapDialog();
        return new Opening(
                Objects.requireNonNullElse(UssdDesk.kind(invoke.operation()), DialogKind.NOTIFIED),
                argument.ussd(),
                text,
                argument.msisdn(),
                link.open().destination(),
                link.open().origination(),
                party(tcap.getLocalAddress(), ownPointCode),
                party(tcap.getRemoteAddress(), tcap.getRemotePc()),
                TransactionIds.local(tcap),
                TransactionIds.remote(tcap),
                null);
    }

    private void refuseWithError(
            MapLink link,
            Received.Invoke invoke,
            Cause cause,
            int errorCode,
            @Nullable String why) {
        boolean sent =
                refuse(
                        link,
                        cause,
                        new Message.End(
                                List.of(new Component.ErrorReturned(invoke.invokeId(), errorCode))),
                        "%s: %s; answered with ReturnError %d"
                                .formatted(Operation.name(invoke.operation()), why, errorCode));
        if (sent) {
            UssdDesk.countError(counters, invoke.operation(), errorCode);
        }
    }

    /** Whether a link took the answer. */
    private boolean refuse(MapLink link, Cause cause, Message answer, String text) {
        String remoteTid = TransactionIds.remote(link.dialog().getTcapDialog());
        desk.refused(new Refusal(link.localTid(), remoteTid, cause, text));
        try {
            if (link.send(answer).isPresent()) {
                counters.increment("dialogs.undelivered");
                return false;
            }
            return true;
        } catch (DialogGoneException e) {
            log.debug("{} ended before it could be refused", link.localTid());
            return false;
        }
    }

    /**
     * What was dialled. Some networks write it one character an octet, though the data coding
     * scheme says packed septets; read as septets such a string is gibberish.
     */
    private static final class DialledString {
        private static final Pattern CODE = Pattern.compile("[*#][0-9*#]*#");

        private DialledString() {}

        /**
         * The text of a request's string: decoded as its scheme says, unless that gives no service
         * code and its octets by themselves are one.
         */
        static String text(UssdString ussd) throws UndecodableString {
            String decoded = ussd.decodeKeyed();
            String unpacked = new String(ussd.octets(), US_ASCII);
            return CODE.matcher(unpacked).matches() && !CODE.matcher(decoded).matches()
                    ? unpacked
                    : decoded;
        }
    }

    /**
     * The party of this SCCP address (ITU-T Q.713 3.4).
     *
     * @param mtpPointCode where the message came from or went to: used if the address has no point
     *     code
     */
    private static Party party(SccpAddress address, int mtpPointCode) {
        int pointCode =
                address.getSignalingPointCode() > 0
                        ? address.getSignalingPointCode()
                        : mtpPointCode;
        boolean onGt =
                address.getAddressIndicator().getRoutingIndicator()
                        == RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE;
        return new Party(
                pointCode > 0 ? pointCode : null,
                address.getSubsystemNumber() > 0 ? address.getSubsystemNumber() : null,
                address.getGlobalTitle() == null ? null : address.getGlobalTitle().getDigits(),
                onGt ? Party.ROUTE_ON_GT : Party.ROUTE_ON_SSN);
    }
}
