package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.channel.ss7.SignallingLimits.Guards;
import io.moondial.channel.ss7.SignallingLimits.OriginCheck;
import io.moondial.config.WrittenSettings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A far end that writes the point code of another one into its messages. */
class OtherLinkTest {
    private StpStub one;
    private StpStub other;

    @BeforeEach
    void open() throws Exception {
        one = new StpStub();
        other = new StpStub();
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        other.close();
    }

    private static ApplicationServer server(
            String name, long context, List<Integer> pointCodes, Association association) {
        return Lab.server(name, context, pointCodes, association);
    }

    /** Point 1 is behind a1; behind a2 are these. */
    private Lab lab(List<Integer> behindOther, OriginCheck level) {
        return new Lab(
                Lab.settings(
                        Lab.STEADY,
                        server("one", 101, List.of(1), Lab.connecting("a1", one.port())),
                        server("other", 102, behindOther, Lab.connecting("a2", other.port()))),
                SignallingLimits.of(
                        100, WrittenSettings.with(Guards.DEFAULT, "originCheck", level)));
    }

    private Connection activate(Lab lab, StpStub stub, String association, int context)
            throws Exception {
        Connection connection = stub.accept().activate(context);
        lab.awaitAsp(association, "active");
        return connection;
    }

    @Test
    void brings_nothing_in_and_the_rightful_one_is_served() throws Exception {
        try (Lab lab = lab(List.of(5), OriginCheck.POINT_CODE);
                Connection rightful = activate(lab, one, "a1", 101);
                Connection forger = activate(lab, other, "a2", 102)) {
            lab.awaitServer("active");
            forger.send(StpStub.data(102, StpStub.begin()));
            await().atMost(Lab.PATIENCE)
                    .until(() -> lab.counters.value("sccp.dropped.other_link") == 1);

            assertThat(lab.openings).isEmpty();
            assertThat(rightful.dial()).startsWith("64");
            assertThat(lab.counters.value("sccp.dropped.other_link")).isEqualTo(1);
        }
    }

    /** An STP that passes messages of its mate on. */
    @Test
    void is_believed_where_point_codes_names_that_point_for_its_link_too() throws Exception {
        assertIsServed(List.of(5, 1), OriginCheck.STRICT);
    }

    @Test
    void is_believed_where_origins_are_not_compared() throws Exception {
        assertIsServed(List.of(5), OriginCheck.OFF);
    }

    private void assertIsServed(List<Integer> behindOther, OriginCheck level) throws Exception {
        try (Lab lab = lab(behindOther, level);
                Connection first = activate(lab, one, "a1", 101);
                Connection second = activate(lab, other, "a2", 102)) {
            lab.awaitServer("active");
            second.send(StpStub.data(102, StpStub.begin()));
            await().atMost(Lab.PATIENCE).until(() -> lab.answered.size() == 1);

            assertThat(first.socket.isClosed()).isFalse();
            assertThat(lab.counters.value("sccp.dropped.other_link")).isZero();
        }
    }
}
