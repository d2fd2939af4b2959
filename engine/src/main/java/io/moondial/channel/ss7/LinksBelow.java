package io.moondial.channel.ss7;

import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;

/** The links below a user part, as far as the layers above must know them. */
public interface LinksBelow {
    /** One link that never fails and that all messages come over. */
    LinksBelow ONE =
            new LinksBelow() {
                @Override
                public boolean leadsTo(int pointCode) {
                    return true;
                }

                @Override
                public boolean cameOverLinkTo(int pointCode) {
                    return true;
                }

                @Override
                public Object current() {
                    return this;
                }

                @Override
                public boolean areSeveral() {
                    return false;
                }
            };

    /** Whether a link leads to this point now, whatever was said of the point itself. */
    boolean leadsTo(int pointCode);

    /**
     * Whether the message that this thread hands to the listeners now came over a link that leads
     * to this point.
     */
    boolean cameOverLinkTo(int pointCode);

    /**
     * The link that the message came over that this thread hands to the listeners now; where it
     * hands none, what is no link: always the same.
     */
    Object current();

    /** Whether there is more than one, connected or not. */
    boolean areSeveral();

    /** A user part whose points may be out of reach although its links are up. */
    interface LinkedUserPart extends Mtp3UserPart, LinksBelow {}
}
