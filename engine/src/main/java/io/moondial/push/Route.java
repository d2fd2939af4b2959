package io.moondial.push;

import io.moondial.channel.Address;
import io.moondial.channel.NodeAddress;
import io.moondial.channel.Opening.Party;

/**
 * The node that a push goes to, and the subscriber as that node knows him (3GPP TS 29.002 7.3.1,
 * MAP-OPEN: destination reference).
 *
 * @param called the node
 * @param destination an MSISDN for an HLR, an IMSI for an MSC
 */
record Route(Party called, Address destination) {
    /** The subsystem of an HLR (3GPP TS 23.003 8.2). */
    static final int HLR_SSN = 6;

    private static final int MSC_SSN = 8;

    /** The HLR of a subscriber: his number as a global title leads there. */
    static Party hlr(String msisdn) {
        return NodeAddress.onTitle(msisdn, HLR_SSN);
    }

    static Route toHlr(String msisdn) {
        return new Route(hlr(msisdn), Address.international(msisdn));
    }

    /** To the node that the rules name, which gets the subscriber's number. */
    static Route toFixed(NodeAddress node, String msisdn) {
        return new Route(node.party(), Address.international(msisdn));
    }

    /**
     * To the MSC in which the subscriber is.
     *
     * @param msc its number
     */
    static Route toMsc(String msc, String imsi) {
        return new Route(
                NodeAddress.onTitle(msc, MSC_SSN),
                new Address(imsi, Address.INTERNATIONAL, Address.LAND_MOBILE));
    }
}
