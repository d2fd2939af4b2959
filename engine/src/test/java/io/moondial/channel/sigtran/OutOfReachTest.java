package io.moondial.channel.sigtran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.sigtran.StpStub.Connection;
import io.moondial.config.WrittenSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why an answer goes nowhere, in words. */
class OutOfReachTest {
    private static final int DUNA = 0x0201;
    private static final int DAVA = 0x0202;

    private StpStub stp;

    @BeforeEach
    void open() throws Exception {
        stp = new StpStub();
    }

    @AfterEach
    void close() throws Exception {
        stp.close();
    }

    private static byte[] ofPoint(int kind, int pointCode) {
        return StpStub.message(
                kind,
                StpStub.parameter(0x0006, "00000065"),
                StpStub.parameter(0x0012, "%08x".formatted(pointCode)));
    }

    /** What becomes of the answer to this BEGIN: empty where a link takes it. */
    private static Optional<String> answer(Lab lab, Connection link, byte[] begin)
            throws Exception {
        lab.answered.clear();
        link.send(StpStub.data(101, begin));
        await().atMost(Lab.PATIENCE).until(() -> !lab.answered.isEmpty());
        return lab.answered.remove();
    }

    private static Lab lab(StpStub stp) {
        return new Lab(
                Lab.settings(Lab.QUICK, Lab.server(Mode.ASP, Lab.connecting("a1", stp.port()))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_far_side_has_said_that_the_point_is_unavailable(boolean byTitle) throws Exception {
        byte[] begin = byTitle ? StpStub.begin("27829000001") : StpStub.begin();
        try (Lab lab = lab(stp);
                Connection link = stp.accept().activate()) {
            lab.awaitServer("active");
            await().atMost(Lab.PATIENCE).until(() -> answer(lab, link, begin).isEmpty());

            link.send(ofPoint(DUNA, 1));
            await().atMost(Lab.PATIENCE).until(() -> answer(lab, link, begin).isPresent());
            assertThat(answer(lab, link, begin).orElseThrow())
                    .startsWith("SCCP has no route to ")
                    .contains(": point code 1 cannot be reached (DUNA since 2")
                    .endsWith("Z)");

            link.send(ofPoint(DAVA, 1));
            await().atMost(Lab.PATIENCE).until(() -> answer(lab, link, begin).isEmpty());
        }
    }

    @Test
    void the_subsystem_that_calls_is_not_among_the_remote_ones() throws Exception {
        ApplicationServer server = Lab.server(Mode.ASP, Lab.connecting("a1", stp.port()));
        SigtranSettings settings =
                WrittenSettings.with(
                        Lab.settings(Lab.QUICK, server),
                        "remoteSubsystems",
                        List.of(new RemoteSubsystem(1, 7)));
        try (Lab lab = new Lab(settings);
                Connection link = stp.accept().activate()) {
            lab.awaitServer("active");
            await().atMost(Lab.PATIENCE)
                    .until(
                            () ->
                                    answer(lab, link, StpStub.begin())
                                            .orElseThrow()
                                            .endsWith(
                                                    "subsystem 8: subsystem 8 of point code 1 is not among remote_subsystems"));
        }
    }
}
