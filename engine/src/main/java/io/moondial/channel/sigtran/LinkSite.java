package io.moondial.channel.sigtran;

import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.ss7.Aside;
import io.netty.channel.EventLoop;

/**
 * What all links of a point share.
 *
 * @param limits what holds for every association
 * @param loop the one thread on which everything happens to them
 * @param result what became of a message, for the layer that sends it
 * @param inbound takes what comes
 * @param hall the dialogs of all far ends
 * @param sctp what the kernel does for those over SCTP
 */
record LinkSite(
        Links limits,
        EventLoop loop,
        LinkBoard board,
        Aside<SendResult> result,
        Inbound inbound,
        Gate.Hall hall,
        KernelSctp sctp) {}
