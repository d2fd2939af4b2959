package io.moondial.channel.sigtran;

import com.sun.nio.sctp.SctpStandardSocketOptions;
import io.moondial.channel.sigtran.LinkBoard.CloseReason;
import io.netty.channel.Channel;
import io.netty.channel.sctp.nio.NioSctpChannel;
import io.netty.channel.sctp.nio.NioSctpServerChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the kernel's SCTP can do for a connection that TCP cannot, or does otherwise. */
interface KernelSctp {
    /**
     * Makes sure that this host has SCTP.
     *
     * @throws IllegalStateException if it has not, with what is missing
     */
    void require();

    /** Every address of the far end of an association. */
    Set<InetAddress> farAddresses(Channel association);

    /**
     * Has the association aborted when it is closed next, so that the local port is free at once.
     */
    void abortOnClose(Channel association);

    /** The one of this host. */
    KernelSctp HOST = new OfHost();

    /** An association with a socket that can be aborted. */
    final class Socket extends NioSctpChannel {
        Socket() {}

        Socket(Channel parent, com.sun.nio.sctp.SctpChannel socket) {
            super(parent, socket);
        }

        private void abortOnClose() {
            try {
                javaChannel().setOption(SctpStandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                CloseReason.of(this).because(e); // it is gone already
            }
        }
    }

    /**
     * A socket that takes associations of this kind, and listens whatever hinders it from taking
     * one.
     */
    final class Listener extends NioSctpServerChannel {
        @Override
        protected boolean closeOnReadError(Throwable why) {
            return !isActive();
        }

        @Override
        protected int doReadMessages(List<Object> taken) throws Exception {
            com.sun.nio.sctp.SctpChannel socket = javaChannel().accept();
            if (socket == null) {
                return 0;
            }
            taken.add(new Socket(this, socket));
            return 1;
        }
    }

    /** What the host really does. */
    final class OfHost implements KernelSctp {
        private OfHost() {}

        @Override
        public void require() {
            try {
                com.sun.nio.sctp.SctpChannel.open().close();
            } catch (IOException | UnsupportedOperationException e) {
                throw new IllegalStateException(
                        "this host has no SCTP (%s): load the kernel module sctp and install libsctp1 (lksctp-tools), or use transport: tcp in a laboratory"
                                .formatted(e.getMessage()),
                        e);
            }
        }

        @Override
        public Set<InetAddress> farAddresses(Channel association) {
            return ((io.netty.channel.sctp.SctpChannel) association)
                    .allRemoteAddresses().stream()
                            .map(InetSocketAddress::getAddress)
                            .collect(Collectors.toSet());
        }

        @Override
        public void abortOnClose(Channel association) {
            ((Socket) association).abortOnClose();
        }
    }
}
