package io.starhash.network.ss7;

import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;

/** A user part whose points may be out of reach although its links are up. */
public interface LinkedUserPart extends Mtp3UserPart {
    /** Whether a link leads to this point now, whatever was said of the point itself. */
    boolean leadsTo(int pointCode);

    /**
     * Whether the message that this thread hands to the listeners now came over a link that leads
     * to this point.
     */
    boolean cameOverLinkTo(int pointCode);
}
