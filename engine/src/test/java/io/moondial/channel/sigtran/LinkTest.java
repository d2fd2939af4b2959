package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.HostPort;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An engine's network and handsets on either end of a real connection. */
class LinkTest {
    private static final String NUMBER = "27761485722";

    static SigtranHandsets handsets(@Nullable String title, ApplicationServer link)
            throws Exception {
        SigtranHandsets handsets =
                new SigtranHandsets(
                        1,
                        2,
                        new SigtranHandsets.Far(2, title, List.of(6)),
                        link,
                        SignallingLimits.of(100_000));
        handsets.start();
        handsets.awaitReady(Lab.PATIENCE);
        return handsets;
    }

    static Message answer(SigtranHandsets handsets, String text) throws InterruptedException {
        BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
        handsets.begin(Lab.call(text), answers::add);
        return Objects.requireNonNull(
                answers.poll(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS), "no answer came");
    }

    @ParameterizedTest
    @CsvSource({"ASP,SGW", "SGW,ASP", "IPSP_CLIENT,IPSP_SERVER", "IPSP_SERVER,IPSP_CLIENT"})
    void a_dialog_runs_whatever_the_mode_where_we_listen(Mode ours, Mode theirs) throws Exception {
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(ours, Lab.listening("a1"))));
                SigtranHandsets handsets =
                        handsets(
                                null,
                                SigtranHandsets.link(
                                        theirs, 101, 2, Lab.connecting("h1", lab.port("a1"))))) {
            assertThat(answer(handsets, "*100#")).isInstanceOf(Message.End.class);
            lab.awaitAsp("a1", "active");
            assertThat(handsets.openHandsetDialogs()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"ASP,SGW", "SGW,ASP", "IPSP_CLIENT,IPSP_SERVER", "IPSP_SERVER,IPSP_CLIENT"})
    void a_dialog_runs_whatever_the_mode_where_we_connect(Mode ours, Mode theirs) throws Exception {
        int port = freePort();
        try (Lab lab =
                        new Lab(
                                Lab.settings(
                                        Lab.QUICK, Lab.server(ours, Lab.connecting("a1", port))));
                SigtranHandsets handsets =
                        handsets(
                                null,
                                SigtranHandsets.link(
                                        theirs,
                                        101,
                                        2,
                                        SigtranSettings.Association.listening(
                                                "h1", new HostPort("127.0.0.1", port))))) {
            assertThat(answer(handsets, "*100#")).isInstanceOf(Message.End.class);
            assertThat(lab.openings).hasSize(1);
        }
    }

    /**
     * A port of this moment that nobody listens at, since the engine knocks before anybody does.
     */
    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void routed_on_the_subsystem_each_side_is_known_by_its_point_code() throws Exception {
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.listening("a1"))));
                SigtranHandsets handsets =
                        handsets(
                                null,
                                SigtranHandsets.link(
                                        Mode.SGW, 101, 2, Lab.connecting("h1", lab.port("a1"))))) {
            answer(handsets, "*100#");
            Opening opening = lab.openings.remove();
            assertThat(opening.local()).isEqualTo(new Party(2, 6, Lab.TITLE, Party.ROUTE_ON_SSN));
            assertThat(opening.remote())
                    .isEqualTo(new Party(1, 8, "27829000001", Party.ROUTE_ON_SSN));
        }
    }

    @Test
    void routed_on_the_title_each_side_is_known_by_it_and_answers_find_back() throws Exception {
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.listening("a1"))));
                SigtranHandsets handsets =
                        handsets(
                                Lab.TITLE,
                                SigtranHandsets.link(
                                        Mode.SGW, 101, 2, Lab.connecting("h1", lab.port("a1"))))) {
            assertThat(answer(handsets, "*100#")).isInstanceOf(Message.End.class);
            Opening opening = lab.openings.remove();
            assertThat(opening.local()).isEqualTo(new Party(2, 6, Lab.TITLE, Party.ROUTE_ON_GT));
            assertThat(opening.remote().globalTitle()).isEqualTo("27829000001");
            assertThat(opening.remote().routingIndicator()).isEqualTo(Party.ROUTE_ON_GT);
        }
    }

    @Test
    void a_title_that_is_nobodys_is_refused() throws Exception {
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.listening("a1"))));
                SigtranHandsets handsets =
                        handsets(
                                "27820000000",
                                SigtranHandsets.link(
                                        Mode.SGW, 101, 2, Lab.connecting("h1", lab.port("a1"))))) {
            assertThat(answer(handsets, "*100#")).isInstanceOf(Message.Abort.class);
            assertThat(lab.openings).isEmpty();
        }
    }

    @Test
    void an_address_that_is_taken_is_an_error_at_the_start() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            SigtranSettings settings =
                    Lab.settings(
                            Lab.QUICK,
                            Lab.server(
                                    Mode.ASP,
                                    SigtranSettings.Association.listening(
                                            "a1", new HostPort("0.0.0.0", taken.getLocalPort()))));
            assertThatThrownBy(() -> new Lab(settings))
                    .hasMessageContaining("cannot listen at tcp 0.0.0.0:" + taken.getLocalPort())
                    .hasMessageContaining("a1")
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void nothing_is_left_on_disk_or_running() throws Exception {
        try (Lab lab =
                new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.listening("a1"))))) {
            assertThat(lab.network.links()).hasSize(1);
            assertThat(threads()).anyMatch(name -> name.startsWith("sigtran"));
        }
        org.awaitility.Awaitility.await()
                .atMost(Lab.PATIENCE)
                .until(() -> threads().stream().noneMatch(name -> name.startsWith("sigtran")));
        assertThat(java.nio.file.Path.of("engine_m3ua1.xml")).doesNotExist();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void the_engine_begins_a_dialog_towards_a_handset() throws Exception {
        BlockingQueue<Incoming> told = new LinkedBlockingQueue<>();
        try (Lab lab =
                new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.listening("a1"))))) {
            lab.network.begin(menuForHandsets(), told::add);
            Incoming.Aborted early = (Incoming.Aborted) Objects.requireNonNull(told.poll());
            assertThat(early.cause()).isEqualTo(Incoming.Aborted.Cause.UNDELIVERED);
            assertThat(early.how()).contains("point code 1 cannot be reached");
            assertThat(lab.network.openDialogs()).isZero();

            try (SigtranHandsets handsets =
                    handsets(
                            null,
                            SigtranHandsets.link(
                                    Mode.SGW, 101, 2, Lab.connecting("h1", lab.port("a1"))))) {
                lab.awaitServer("active");
                lab.network.begin(menuForHandsets(), told::add);
                assertThat(next(told))
                        .isEqualTo(new Incoming.Ended(List.of(new Incoming.Part.Errored(1, 27))));

                BlockingQueue<Screen> seen = new LinkedBlockingQueue<>();
                BlockingQueue<Handset> rung = new LinkedBlockingQueue<>();
                handsets.receive(
                        (begin, link) -> {
                            Handset handset =
                                    Handset.begun(begin, link, (screen, it) -> seen.add(screen));
                            rung.add(handset);
                            return handset.receiver();
                        });
                DialogLink link = lab.network.begin(menuForHandsets(), told::add);
                Screen.Menu menu = (Screen.Menu) next(seen);
                assertThat(menu.text()).isEqualTo("1 or 2?");
                next(rung).answer(menu, "2");
                assertThat(next(told)).isInstanceOf(Incoming.Continued.class);
                assertThat(link.send(new Outgoing.End())).isEmpty();
                assertThat(next(seen)).isEqualTo(new Screen.Close());
                await().atMost(Lab.PATIENCE)
                        .until(
                                () ->
                                        lab.network.openDialogs() + handsets.openHandsetDialogs()
                                                == 0);
            }
        }
    }

    /** The handsets' end answers for the HLR, and for the MSC that it names. */
    @Test
    void the_engine_asks_where_a_subscriber_is_and_begins_a_dialog_there() throws Exception {
        BlockingQueue<RoutingInfo> found = new LinkedBlockingQueue<>();
        BlockingQueue<Incoming> told = new LinkedBlockingQueue<>();
        BlockingQueue<String> rung = new LinkedBlockingQueue<>();
        try (Lab lab = new Lab(Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.listening("a1"))));
                SigtranHandsets handsets =
                        handsets(
                                null,
                                SigtranHandsets.link(
                                        Mode.SGW, 101, 2, Lab.connecting("h1", lab.port("a1"))))) {
            lab.awaitServer("active");
            handsets.locate(
                    number ->
                            number.equals(NUMBER)
                                    ? new FarSide.Whereabouts.At("655010000000001", null)
                                    : new FarSide.Whereabouts.Absent());
            handsets.receive(
                    (begin, link) -> {
                        rung.add(String.valueOf(begin.opening().imsi()));
                        FarSide.refuse(begin, link, 72);
                        return message -> {};
                    });
            lab.network.locate(asking("27760000000"), found::add);
            assertThat(next(found)).isEqualTo(new RoutingInfo.Refused(6));
            lab.network.locate(asking(NUMBER), found::add);
            RoutingInfo.Found where = (RoutingInfo.Found) next(found);
            lab.network.begin(
                    new OutgoingDialog(
                            menuForHandsets().first(),
                            null,
                            new Party(null, 8, where.networkNode(), Party.ROUTE_ON_GT),
                            6,
                            new Address(where.imsi(), 1, Address.LAND_MOBILE),
                            null,
                            Lab.PATIENCE,
                            NUMBER),
                    told::add);
            assertThat(next(told))
                    .isEqualTo(new Incoming.Ended(List.of(new Incoming.Part.Errored(1, 72))));
            assertThat(next(rung)).isEqualTo("655010000000001");
            await().atMost(Lab.PATIENCE)
                    .until(() -> lab.network.openDialogs() + handsets.openHandsetDialogs() == 0);
        }
    }

    private static RoutingQuery asking(String number) {
        return new RoutingQuery(
                number, new Party(null, 6, number, Party.ROUTE_ON_GT), 6, Lab.PATIENCE);
    }

    private static OutgoingDialog menuForHandsets() throws Exception {
        return new OutgoingDialog(
                new Outgoing.Ask(1, UssdString.encode("1 or 2?", Dcs.UNSPECIFIED), false, false),
                null,
                new Party(1, 8, null, Party.ROUTE_ON_SSN),
                6,
                Address.international(NUMBER),
                null,
                Lab.PATIENCE);
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return Objects.requireNonNull(
                queue.poll(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing came");
    }
}
