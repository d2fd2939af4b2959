package io.moondial.channel.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingInfo.Found;
import io.moondial.channel.RoutingInfo.NotAsked;
import io.moondial.channel.RoutingInfo.Refused;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.ss7.FarSide.Locator;
import io.moondial.channel.ss7.FarSide.Whereabouts;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Ended;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine asks where a subscriber is, and begins a dialog there; both sides complete stacks. */
class LocateTest extends BegunByTheEngine {
    private static final String MSISDN = "27761485722";
    private static final Party HLR = new Party(null, 6, MSISDN, Party.ROUTE_ON_GT);

    private final BlockingQueue<RoutingInfo> found = new LinkedBlockingQueue<>();
    private final BlockingQueue<Begin> rung = new LinkedBlockingQueue<>();
    private final BlockingQueue<Incoming> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void nothing_is_left() {
        nothingIsLeft();
        assertThat(found).isEmpty();
    }

    private RoutingInfo locate() throws Exception {
        network.locate(new RoutingQuery(MSISDN, HLR, 147, LONG), found::add);
        return next(found);
    }

    @Test
    void everybody_is_with_the_handsets() throws Exception {
        assertThat(locate())
                .isEqualTo(new Found("655017761485722", EmbeddedNetwork.HANDSET_GLOBAL_TITLE));
        assertThat(Locator.imsi("123")).isEqualTo("655010000000123");
        assertThat(counters.value("map.sri_sm.asked")).isOne();
    }

    @Test
    void an_hlr_that_knows_better() throws Exception {
        network.locate(msisdn -> new Whereabouts.At("65501" + msisdn.substring(2), "2782900009"));
        assertThat(locate()).isEqualTo(new Found("65501761485722", "2782900009"));

        network.locate(msisdn -> new Whereabouts.Refused(1));
        assertThat(locate()).isEqualTo(new Refused(1));
        assertThat(counters.value("map.errors.sri_sm.1")).isOne();

        network.locate(msisdn -> new Whereabouts.Absent());
        assertThat(locate()).isEqualTo(new Refused(6));

        network.locate((Locator) null);
        assertThat(locate()).isInstanceOf(Found.class);
    }

    @Test
    void an_hlr_of_version_2_has_another_error_for_the_absent() throws Exception {
        network.locate(
                new Locator() {
                    @Override
                    public Whereabouts whereIs(String msisdn) {
                        return new Whereabouts.Absent();
                    }

                    @Override
                    public int mapVersion() {
                        return 2;
                    }
                });
        assertThat(locate()).isEqualTo(new Refused(27));
        assertThat(locate()).isEqualTo(new Refused(27));
        assertThat(counters.value("map.sri_sm.asked")).isEqualTo(3);
        assertThat(counters.value("map.sri_sm.version_2")).isEqualTo(2);
    }

    @Test
    void the_msc_that_was_found_is_called_with_the_imsi() throws Exception {
        Found where = (Found) locate();
        ring(
                new Party(null, 8, where.networkNode(), Party.ROUTE_ON_GT),
                new Address(where.imsi(), Address.INTERNATIONAL, Address.LAND_MOBILE));
        Begin begin = next(rung);
        assertThat(begin.opening().imsi()).isEqualTo(Locator.imsi(MSISDN));
        assertThat(begin.opening().local().globalTitle())
                .isEqualTo(EmbeddedNetwork.HANDSET_GLOBAL_TITLE);
        assertThat(begin.opening().local().ssn()).isEqualTo(8);
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Acknowledged(1))));
    }

    @Test
    void the_hlr_is_called_by_the_subscribers_title() throws Exception {
        ring(HLR, Address.international(MSISDN));
        Begin begin = next(rung);
        assertThat(begin.opening().destination()).isEqualTo(Address.international(MSISDN));
        assertThat(begin.opening().local().globalTitle()).isEqualTo(MSISDN);
        assertThat(begin.opening().local().ssn()).isEqualTo(6);
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Acknowledged(1))));
    }

    @Test
    void the_hlr_is_called_by_its_point_code() throws Exception {
        ring(
                new Party(EmbeddedNetwork.HANDSET_POINT_CODE, 6, null, Party.ROUTE_ON_SSN),
                Address.international(MSISDN));
        assertThat(next(heard)).isEqualTo(new Ended(List.of(new Part.Acknowledged(1))));
    }

    private void ring(Party called, Address destination) throws Exception {
        network.receive(
                (begin, link) -> {
                    rung.add(begin);
                    BlockingQueue<Screen> seen = new LinkedBlockingQueue<>();
                    Handset handset =
                            Handset.begun(
                                    begin,
                                    link,
                                    (screen, received) -> {
                                        seen.add(screen);
                                    });
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            handset.acknowledgeAndRelease(
                                                    (Screen.Notify) next(seen));
                                        } catch (Exception e) {
                                            throw new IllegalStateException(e);
                                        }
                                    });
                    return handset.receiver();
                });
        network.begin(
                new OutgoingDialog(
                        new Outgoing.Show(
                                1, UssdString.encode("Good morning", Dcs.UNSPECIFIED), false),
                        null,
                        called,
                        147,
                        destination,
                        null,
                        LONG),
                heard::add);
    }

    @Test
    void an_hlr_that_no_way_leads_to() throws Exception {
        network.locate(
                new RoutingQuery(MSISDN, new Party(9, 6, null, Party.ROUTE_ON_SSN), 6, LONG),
                found::add);
        NotAsked told = (NotAsked) requireNonNull(found.poll(), "told before locate returns");
        assertThat(told.how()).contains("point code 9 is not among point_codes");
        assertThat(counters.value("map.sri_sm.failed.not_asked")).isOne();
    }

    @Test
    void no_more_are_asked_than_the_stack_may_hold_dialogs() throws Exception {
        BlockingQueue<DialogLink> links = new LinkedBlockingQueue<>();
        BlockingQueue<MessageLink> far = new LinkedBlockingQueue<>();
        network.receive(
                (begin, link) -> {
                    far.add(link);
                    return message -> {};
                });
        for (int i = 0; i < 2; i++) {
            links.add(
                    network.begin(
                            new OutgoingDialog(
                                    new Outgoing.Show(
                                            1, UssdString.encode("?", Dcs.UNSPECIFIED), false),
                                    null,
                                    HLR,
                                    6,
                                    null,
                                    null,
                                    LONG),
                            heard::add));
        }
        assertThatThrownBy(this::locate)
                .isInstanceOf(NotBegunException.class)
                .hasMessageContaining("max_dialogs");
        assertThat(counters.value("tcap.not_begun")).isOne();
        links.forEach(DialogLink::forget);
        next(far).forget();
        next(far).forget();
    }

    @Test
    void what_cannot_be_meant() {
        assertThatThrownBy(() -> network.locate(new RoutingQuery(MSISDN, HLR, 8, LONG), found::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subsystem 8 is none of [6, 147]");
        for (String number : List.of("", "12a", "+27", "1234567890123456")) {
            assertThatThrownBy(() -> new RoutingQuery(number, HLR, 6, LONG))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new RoutingQuery(MSISDN, HLR, 6, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                new RoutingQuery(
                                        MSISDN,
                                        new Party(null, 6, null, Party.ROUTE_ON_GT),
                                        6,
                                        LONG))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
