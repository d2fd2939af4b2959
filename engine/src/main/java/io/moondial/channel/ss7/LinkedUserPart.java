package io.moondial.channel.ss7;

import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;

/** A user part whose points may be out of reach although its links are up. */
public interface LinkedUserPart extends Mtp3UserPart, LinksBelow {}
