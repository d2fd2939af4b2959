package io.moondial.channel.ss7;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.sccp.RemoteSignalingPointCode;
import org.restcomm.protocols.ss7.sccp.SccpResource;
import org.restcomm.protocols.ss7.sccp.impl.SccpRoutingCtxInterface;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.sccp.impl.Ss7ExtSccpDetailedInterfaceDefault;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpAddressedMessageImpl;
import org.restcomm.protocols.ss7.sccp.impl.parameter.SccpAddressImpl;
import org.restcomm.protocols.ss7.sccp.parameter.GlobalTitle;
import org.restcomm.protocols.ss7.sccp.parameter.RefusalCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.ReturnCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterfaceDefault;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtSccpInterface;

/**
 * Global title translation (ITU-T Q.714 2.4), which the stack leaves to others: our own title means
 * us, any other goes to a point that can do more with it. Addresses stay routed on their titles, so
 * that an answer's calling party is one that the far end can reach.
 */
final class GlobalTitleTranslation extends Ss7ExtSccpDetailedInterfaceDefault {
    private final SignallingPlan plan;
    private @Nullable SccpStackImpl sccp;

    GlobalTitleTranslation(SignallingPlan plan) {
        this.plan = plan;
    }

    /** As the stack takes it. */
    Ss7ExtInterface asExtension() {
        return new Ss7ExtInterfaceDefault() {
            @Override
            public Ss7ExtSccpInterface getSs7ExtSccpInterface() {
                return GlobalTitleTranslation.this;
            }
        };
    }

    @Override
    public void init(SccpStackImpl stack) {
        super.init(stack);
        sccp = stack;
    }

    @Override
    public void translationFunction(
            SccpRoutingCtxInterface routing, SccpAddressedMessageImpl message) throws Exception {
        SccpAddress called = message.getCalledPartyAddress();
        Optional<Integer> point = point(called, message.getIsMtpOriginated());
        if (point.isEmpty()) {
            routing.sendSccpError(
                    message,
                    ReturnCauseValue.NO_TRANSLATION_FOR_ADDRESS,
                    RefusalCauseValue.DESTINATION_ADDRESS_UNKNOWN);
            return;
        }
        SccpAddressImpl translated =
                new SccpAddressImpl(
                        RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE,
                        called.getGlobalTitle(),
                        point.get(),
                        subsystem(called, point.get()));
        translated.setTranslated(true);
        message.setCalledPartyAddress(translated);
        routing.routeAddressed(message);
    }

    /** A title without a subsystem means the first of ours. */
    private int subsystem(SccpAddress called, int point) {
        boolean left = called.getSubsystemNumber() == 0 && point == plan.pointCode();
        return left ? plan.ssns().getFirst() : called.getSubsystemNumber();
    }

    /** Where a message goes; what comes in for others is not passed on, since this is no STP. */
    private Optional<Integer> point(SccpAddress called, boolean fromNetwork) {
        GlobalTitle title = called.getGlobalTitle();
        if (title == null) {
            return Optional.empty();
        }
        if (title.getDigits().equals(plan.globalTitle())) {
            return Optional.of(plan.pointCode());
        }
        return fromNetwork ? Optional.empty() : pointFor(title.getDigits());
    }

    private Optional<Integer> pointFor(String digits) {
        for (int length = digits.length(); length > 0; length--) {
            Integer point = plan.globalTitles().get(digits.substring(0, length));
            if (point != null) {
                return Optional.of(point);
            }
        }
        List<Integer> points = plan.peers().stream().map(SignallingPlan.Peer::pointCode).toList();
        return points.stream()
                .filter(this::reaches)
                .findFirst()
                .or(() -> points.stream().findFirst()); // that it cannot be reached is said then
    }

    /** Whether messages can go to this point now. */
    boolean reaches(int pointCode) {
        SccpStackImpl stack = sccp;
        SccpResource known = stack == null ? null : stack.getSccpResource();
        RemoteSignalingPointCode point = known == null ? null : known.getRemoteSpcByPC(pointCode);
        return point != null && !point.isRemoteSpcProhibited();
    }

    /** For the size of what can be sent without segments. */
    @Override
    public int findDpsForAddresses(SccpAddress called, SccpAddress calling, int networkId) {
        return point(called, false).filter(it -> it != plan.pointCode()).orElse(-1);
    }
}
