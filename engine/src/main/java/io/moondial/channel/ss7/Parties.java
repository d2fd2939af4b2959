package io.moondial.channel.ss7;

import io.moondial.dialog.Party;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;

/** SCCP addresses (ITU-T Q.713 3.4) read into parties. */
final class Parties {
    private Parties() {}

    /**
     * The party of this address.
     *
     * @param mtpPointCode where the message came from or went to: it stands in for a point code
     *     left out of the address
     */
    static Party of(SccpAddress address, int mtpPointCode) {
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
