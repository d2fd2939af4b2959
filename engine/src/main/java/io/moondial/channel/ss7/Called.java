package io.moondial.channel.ss7;

import org.restcomm.protocols.ss7.indicator.RoutingIndicator;

/**
 * Whom a dialog is begun with, and how it is found; the caller shows itself in the same way.
 *
 * @param pointCode the far end's; not used where the title is routed on
 * @param globalTitle the far end's, digits of an international ISDN number
 * @param onTitle whether messages are routed on the title, else on point code and subsystem
 */
public record Called(int pointCode, String globalTitle, boolean onTitle) {
    RoutingIndicator routingIndicator() {
        return onTitle
                ? RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE
                : RoutingIndicator.ROUTING_BASED_ON_DPC_AND_SSN;
    }
}
