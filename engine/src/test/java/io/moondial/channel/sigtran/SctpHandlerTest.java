package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.nio.sctp.Association;
import com.sun.nio.sctp.AssociationChangeNotification;
import com.sun.nio.sctp.AssociationChangeNotification.AssocChangeEvent;
import com.sun.nio.sctp.MessageInfo;
import com.sun.nio.sctp.PeerAddressChangeNotification;
import com.sun.nio.sctp.PeerAddressChangeNotification.AddressChangeEvent;
import com.sun.nio.sctp.ShutdownNotification;
import io.moondial.channel.sigtran.ListeningSocket.ListeningLink;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import io.moondial.channel.sigtran.Sockets.SctpFraming;
import io.moondial.channel.sigtran.Sockets.SctpHandler;
import io.moondial.config.HostPort;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.sctp.SctpMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mobicents.protocols.api.AssociationListener;
import org.mobicents.protocols.api.PayloadData;

/** What a link makes of the kernel's SCTP, with the kernel's part played by the test. */
class SctpHandlerTest {
    private static final SigtranSettings.Association A1 =
            WrittenSettings.with(
                    SigtranSettings.Association.listening("a1", new HostPort("10.0.0.1", 2905)),
                    "transport",
                    Transport.SCTP);

    private final List<String> told = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LinkBoard board =
            new LinkBoard(
                    List.of(Lab.server(Mode.ASP, A1)), new Counters(), SystemTime.ofProcess());
    private final HostOfTwo sctp = new HostOfTwo();
    private final ListeningLink link =
            new ListeningLink(
                    A1,
                    List.of(Lab.server(Mode.ASP, A1)),
                    Lab.site(channel.eventLoop(), board, sctp),
                    new HostNames(InetAddress::getByName));

    SctpHandlerTest() {
        link.setAssociationListener(new Told());
        link.start();
        channel.pipeline().addLast(new SctpFraming(), new SctpHandler(link));
    }

    /**
     * A kernel whose far ends have two addresses each, as one with multi-homing was seen to tell.
     */
    static final class HostOfTwo implements KernelSctp {
        final List<Channel> aborted = new ArrayList<>();
        Set<InetAddress> far = Set.of();

        @Override
        public void require() {}

        @Override
        public Set<InetAddress> farAddresses(Channel association) {
            return far;
        }

        @Override
        public void abortOnClose(Channel association) {
            aborted.add(association);
        }
    }

    /** What the layer above is told. */
    private final class Told implements AssociationListener {
        @Override
        public void onCommunicationUp(
                org.mobicents.protocols.api.Association association, int in, int out) {
            told.add("up %d %d".formatted(in, out));
        }

        @Override
        public void onCommunicationShutdown(org.mobicents.protocols.api.Association association) {
            told.add("down");
        }

        @Override
        public void onCommunicationLost(org.mobicents.protocols.api.Association association) {
            told.add("lost");
        }

        @Override
        public void onCommunicationRestart(org.mobicents.protocols.api.Association association) {
            told.add("restart");
        }

        @Override
        public void onPayload(
                org.mobicents.protocols.api.Association association, PayloadData payload) {
            told.add("message of " + payload.getDataLength());
            payload.getByteBuf().release();
        }

        @Override
        public void inValidStreamId(PayloadData payload) {
            told.add("no such stream");
        }
    }

    private static final class Change extends AssociationChangeNotification {
        private final AssocChangeEvent event;

        Change(AssocChangeEvent event) {
            this.event = event;
        }

        @Override
        public Association association() {
            return new Streams();
        }

        @Override
        public AssocChangeEvent event() {
            return event;
        }
    }

    /** An association of 17 streams in and 5 out. */
    private static final class Streams extends Association {
        Streams() {
            super(1, 17, 5);
        }
    }

    private void change(AssocChangeEvent event) {
        channel.pipeline().fireUserEventTriggered(new Change(event));
        channel.runPendingTasks();
    }

    private static SctpMessage message(byte[] octets) {
        return new SctpMessage(3, 1, Unpooled.wrappedBuffer(octets));
    }

    @Test
    void a_link_is_up_once_the_kernel_says_so_with_its_streams() {
        assertThat(told).isEmpty();

        change(AssocChangeEvent.COMM_UP);
        change(AssocChangeEvent.COMM_UP);

        assertThat(told).containsExactly("up 17 5");
        assertThat(board.links().getFirst().associationState()).isEqualTo("up");
    }

    @Test
    void whole_messages_go_up_and_what_is_no_good_is_answered_with_error() {
        change(AssocChangeEvent.COMM_UP);
        channel.writeInbound(message(StpStub.message(StpStub.ASPUP)));
        channel.writeInbound(message(StpStub.hex("0200030100000008")));
        channel.writeInbound(message(StpStub.hex("01")));

        assertThat(told).containsExactly("up 17 5", "message of 8");
        SctpMessage error = channel.readOutbound();
        assertThat(error.protocolIdentifier()).isEqualTo(3);
        assertThat(error.content().getUnsignedShort(2)).isEqualTo(StpStub.ERROR);
        error.release();
    }

    @Test
    void a_far_end_that_does_not_read_is_not_told_of_what_is_no_good() {
        change(AssocChangeEvent.COMM_UP);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.writeInbound(message(StpStub.hex("0200030100000008")));
        Object kept = channel.readOutbound();
        assertThat(kept).isNull();

        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.writeInbound(message(StpStub.hex("0200030100000008")));
        SctpMessage error = channel.readOutbound();
        assertThat(error.content().getUnsignedShort(2)).isEqualTo(StpStub.ERROR);
        error.release();
    }

    @Test
    void a_message_is_sent_on_its_stream_under_the_protocol_identifier_of_m3ua() {
        change(AssocChangeEvent.COMM_UP);
        link.send(new PayloadData(8, Unpooled.wrappedBuffer(new byte[8]), true, false, 3, 4));

        SctpMessage sent = channel.readOutbound();
        assertThat(sent.protocolIdentifier()).isEqualTo(3);
        assertThat(sent.streamIdentifier()).isEqualTo(4);
        assertThat(sent.isUnordered()).isFalse();
        sent.release();
    }

    @Test
    void an_association_that_the_kernel_loses_is_closed_and_down() {
        change(AssocChangeEvent.COMM_UP);
        change(AssocChangeEvent.COMM_LOST);

        assertThat(told).containsExactly("up 17 5", "down");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void one_that_the_far_end_begins_anew_is_down_and_up_again_and_stays() {
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            change(AssocChangeEvent.COMM_UP);
            change(AssocChangeEvent.RESTART);

            assertThat(told).containsExactly("up 17 5", "down", "up 17 5");
            assertThat(channel.isOpen()).isTrue();
            assertThat(log.lines)
                    .contains("association a1: restarted by the far end (SCTP restart)");
        }
    }

    @Test
    void half_a_message_of_before_a_restart_never_meets_what_comes_after_it() {
        change(AssocChangeEvent.COMM_UP);
        byte[] up = StpStub.message(StpStub.ASPUP);
        channel.writeInbound(part(Arrays.copyOf(up, 4), false));
        change(AssocChangeEvent.RESTART);
        channel.writeInbound(part(up, true));

        assertThat(told).endsWith("message of 8");
        Object answer = channel.readOutbound();
        assertThat(answer).isNull();
    }

    @Test
    void a_message_without_an_end_ends_its_association_and_long_ones_in_pieces_do_not() {
        change(AssocChangeEvent.COMM_UP);
        byte[] up = StpStub.message(StpStub.ASPUP);
        for (int i = 0; i < 20; i++) {
            channel.writeInbound(part(Arrays.copyOf(up, 60_000), false));
            channel.writeInbound(part(new byte[0], true));
        }
        assertThat(told).endsWith("message of 60000").hasSize(21);

        try (LogLine log = LogLine.of(LinkBoard.class)) {
            channel.writeInbound(part(new byte[60_000], false));
            assertThat(channel.isOpen()).isTrue();
            channel.writeInbound(part(new byte[60_000], false));
            channel.runPendingTasks();

            assertThat(channel.isOpen()).isFalse();
            assertThat(log.lines)
                    .contains(
                            "association a1: disconnected: it sent more than 65536 octets without the end of a message");
        }
    }

    private static SctpMessage part(byte[] octets, boolean complete) {
        return new SctpMessage(new ReceivedInfo(complete), Unpooled.wrappedBuffer(octets));
    }

    /** What the kernel says of a piece of a message on stream 1. */
    private static final class ReceivedInfo extends MessageInfo {
        private final boolean complete;

        ReceivedInfo(boolean complete) {
            this.complete = complete;
        }

        @Override
        public SocketAddress address() {
            return new InetSocketAddress("10.0.0.1", 2905);
        }

        @Override
        public Association association() {
            return new Streams();
        }

        @Override
        public int bytes() {
            return 0;
        }

        @Override
        public boolean isComplete() {
            return complete;
        }

        @Override
        public MessageInfo complete(boolean whole) {
            return this;
        }

        @Override
        public boolean isUnordered() {
            return false;
        }

        @Override
        public MessageInfo unordered(boolean any) {
            return this;
        }

        @Override
        public int payloadProtocolID() {
            return 3;
        }

        @Override
        public MessageInfo payloadProtocolID(int id) {
            return this;
        }

        @Override
        public int streamNumber() {
            return 1;
        }

        @Override
        public MessageInfo streamNumber(int number) {
            return this;
        }

        @Override
        public long timeToLive() {
            return 0;
        }

        @Override
        public MessageInfo timeToLive(long millis) {
            return this;
        }
    }

    @Test
    void what_the_kernel_tells_of_paths_and_of_the_end_is_logged_in_words() {
        try (LogLine log = LogLine.of(Link.class)) {
            change(AssocChangeEvent.COMM_UP);
            channel.pipeline()
                    .fireUserEventTriggered(new PathChange(AddressChangeEvent.ADDR_UNREACHABLE));
            channel.pipeline()
                    .fireUserEventTriggered(new PathChange(AddressChangeEvent.ADDR_AVAILABLE));
            channel.pipeline().fireUserEventTriggered(new Shutdown());

            assertThat(log.lines)
                    .containsSubsequence(
                            "association a1: the path to 10.0.0.1:2905 is lost",
                            "association a1: the path to 10.0.0.1:2905 is available")
                    .noneMatch(line -> line.contains("@"));
        }
    }

    private static final class PathChange extends PeerAddressChangeNotification {
        private final AddressChangeEvent event;

        PathChange(AddressChangeEvent event) {
            this.event = event;
        }

        @Override
        public SocketAddress address() {
            return new InetSocketAddress("10.0.0.1", 2905);
        }

        @Override
        public Association association() {
            return new Streams();
        }

        @Override
        public AddressChangeEvent event() {
            return event;
        }
    }

    private static final class Shutdown extends ShutdownNotification {
        @Override
        public Association association() {
            return new Streams();
        }
    }

    @Test
    void a_far_end_that_reads_nothing_is_aborted_and_the_line_names_our_own_end() {
        try (LogLine log = LogLine.of(LinkBoard.class)) {
            change(AssocChangeEvent.COMM_UP);
            channel.writeInbound(message(StpStub.message(StpStub.ASPUP)));
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
            channel.runPendingTasks();
            channel.advanceTimeBy(30, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();

            assertThat(sctp.aborted).containsExactly(channel);
            assertThat(channel.isOpen()).isFalse();
            assertThat(log.lines)
                    .anyMatch(
                            it ->
                                    it.startsWith(
                                            "association a1: disconnected: the far end has read nothing for 30000 ms: aborted, our end was "));
        }
    }

    @Test
    void a_far_end_of_two_addresses_is_taken_where_either_is_the_peer() throws Exception {
        SigtranSettings.Association ofPeer =
                WrittenSettings.with(
                        WrittenSettings.with(
                                SigtranSettings.Association.listening(
                                        "a1", new HostPort("10.0.0.1", 2905)),
                                "transport",
                                Transport.SCTP),
                        "peer",
                        "10.0.1.1");
        ListeningLink listening =
                new ListeningLink(
                        ofPeer,
                        List.of(Lab.server(Mode.ASP, ofPeer)),
                        Lab.site(channel.eventLoop(), board, sctp),
                        new HostNames(InetAddress::getByName));
        listening.start();
        InetAddress first = InetAddress.getByName("10.0.0.1");
        InetAddress second = InetAddress.getByName("10.0.1.1");
        await().atMost(Lab.PATIENCE)
                .until(
                        () -> {
                            channel.runPendingTasks(); // its peer is looked up beside the loop
                            return listening.take(channel, Set.of(first, second));
                        });
        assertThat(listening.isHeldBy(Set.of(second))).isTrue();
        assertThat(listening.isHeldBy(Set.of(InetAddress.getByName("10.0.2.1")))).isFalse();
    }
}
