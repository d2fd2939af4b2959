package io.moondial.rules;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Rules;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.sigtran.SigtranSettings.RemoteSubsystem;
import io.moondial.channel.sigtran.SigtranSettings.TrafficMode;
import io.moondial.channel.sigtran.SigtranSettings.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of a SIGTRAN network: read, printed, and refused where they are wrong. */
class SigtranRulesTest {
    private static final String LEAST =
            """
            network:
              sigtran:
                point_code: 2
                global_title: "27829000000"
                application_servers:
                  - name: stp
                    mode: asp
                    point_codes: [1, 5]
                    associations: [{name: a1, connect: "10.0.0.1:2905"}]
            """;

    @TempDir Path temp;
    private RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "balance");
    }

    private SigtranSettings sigtran(String text) throws Exception {
        return requireNonNull(folder.read(text).network().sigtran());
    }

    @Test
    void what_is_left_out_takes_its_default() throws Exception {
        SigtranSettings read = sigtran(LEAST);

        assertThat(read.networkIndicator()).isEqualTo(2);
        assertThat(read.ssns()).containsExactly(6, 147);
        assertThat(read.links()).isEqualTo(Links.DEFAULT);
        assertThat(read.globalTitles()).isEmpty();
        assertThat(read.remoteSubsystems())
                .hasSize(8)
                .contains(new RemoteSubsystem(1, 8), new RemoteSubsystem(5, 147));
        assertThat(read.applicationServers())
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.routingContext()).isNull();
                            assertThat(it.trafficMode()).isEqualTo(TrafficMode.LOADSHARE);
                            assertThat(it.associations().getFirst().transport())
                                    .isEqualTo(Transport.SCTP);
                            assertThat(it.associations().getFirst().local()).isNull();
                        });
    }

    @Test
    void who_listens_without_a_peer_for_more_than_this_host_is_warned_and_may() throws Exception {
        for (String listen : List.of("0.0.0.0:2905", "10.0.0.2:2906")) {
            String rules =
                    LEAST.replace("connect: \"10.0.0.1:2905\"", "listen: \"" + listen + "\"");
            assertThat(folder.warnings(rules))
                    .singleElement()
                    .asString()
                    .endsWith(
                            ": warning: listen: whoever connects first holds this association; name its far end in peer");
            assertThat(sigtran(rules).applicationServers()).hasSize(1);
        }
        for (String sound :
                List.of(
                        "connect: \"10.0.0.1:2905\"",
                        "listen: \"127.0.0.1:2905\"",
                        "listen: \"[::1]:2905\"",
                        "listen: \"0.0.0.0:2905\", peer: \"10.0.0.1\"")) {
            assertThat(folder.warnings(LEAST.replace("connect: \"10.0.0.1:2905\"", sound)))
                    .isEmpty();
        }
    }

    @Test
    void servers_that_have_some_of_their_points_in_common_and_not_all_are_warned_of()
            throws Exception {
        assertThat(folder.warnings(withServerOf("[5]")))
                .singleElement()
                .asString()
                .endsWith(
                        ": warning: point_codes: stp leads to some of these points too, and also names 1: messages from there over associations of mate are dropped (origin_check); name it here too if the STPs share the load");
        assertThat(folder.warnings(withServerOf("[5, 7]"))).hasSize(2);
        for (String sound : List.of("[1, 5]", "[7]")) {
            assertThat(folder.warnings(withServerOf(sound))).isEmpty();
        }
    }

    private static String withServerOf(String points) {
        return LEAST.replace("mode: asp", "mode: asp\n        routing_context: 101")
                + "      - name: mate\n"
                + "        mode: asp\n"
                + "        routing_context: 102\n"
                + "        point_codes: "
                + points
                + "\n        associations: [{name: a2, connect: \"10.0.0.2:2905\"}]\n";
    }

    @Test
    void a_heartbeat_left_out_is_one_for_tcp_alone_and_one_given_is_for_both() throws Exception {
        Links left = sigtran(LEAST).links();
        assertThat(left.heartbeat()).isNull();
        assertThat(sigtran(LEAST + "    heartbeat: auto\n").links()).isEqualTo(left);
        assertThat(sigtran(LEAST + "    heartbeat: 0s\n").links().heartbeat())
                .isEqualTo(Duration.ZERO);
        assertThat(folder.read(LEAST).print()).contains("heartbeat: auto");
    }

    @Test
    void every_key_is_printed_and_reads_back_to_the_same() throws Exception {
        Rules read = folder.read(RulesFolder.resource("sigtran.yaml"));
        String printed = read.print();

        Golden.assertEqual("sigtran.printed.yaml", network(printed));
        assertThat(folder.read(printed).network()).isEqualTo(read.network());
    }

    /** Of printed rules, the part that this is about. */
    private static String network(String printed) {
        return printed.substring(printed.indexOf("network:"), printed.indexOf("control:"));
    }

    @Test
    void every_problem_is_told_at_its_place() throws Exception {
        Golden.assertEqual(
                "sigtran-problems.txt",
                folder.report(RulesFolder.resource("sigtran-problems.yaml")));
    }

    @Test
    void every_key_of_the_printed_rules_is_explained_in_the_shipped_ones() throws Exception {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
        String shipped = Files.readString(root.resolve("rules.yaml"));
        String printed = RulesFolder.resource("sigtran.printed.yaml");

        assertThat(printed).contains("extra_local", "global_titles");
        assertThat(java.util.regex.Pattern.compile("([a-z_]+):").matcher(printed).results())
                .allSatisfy(key -> assertThat(shipped).contains(key.group(1) + ":"));
    }

    @Test
    void the_file_to_begin_with_is_good() throws Exception {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
        SigtranSettings read =
                sigtran(Files.readString(root.resolve("engine/docs/sigtran-rules.yaml")));

        assertThat(read.applicationServers().getFirst().mode()).isEqualTo(Mode.ASP);
    }

    @Test
    void an_association_may_serve_two_application_servers() throws Exception {
        SigtranSettings read =
                sigtran(
                        """
                        network:
                          sigtran:
                            point_code: 2
                            global_title: "27829000000"
                            application_servers:
                              - {name: a, mode: asp, routing_context: 1, point_codes: [1], associations: [{name: x, connect: "10.0.0.1:2905"}]}
                              - {name: b, mode: asp, routing_context: 2, point_codes: [5], associations: [{name: x, connect: "10.0.0.1:2905"}]}
                        """);

        assertThat(read.applicationServers().getFirst().associations())
                .isEqualTo(read.applicationServers().getLast().associations());
    }
}
