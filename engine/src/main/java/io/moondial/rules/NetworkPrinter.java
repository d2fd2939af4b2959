package io.moondial.rules;

import io.moondial.channel.sigtran.Endpoint;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.sigtran.SigtranSettings.Admission;
import io.moondial.channel.sigtran.SigtranSettings.ApplicationServer;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Links;
import io.moondial.channel.ss7.Guards;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.config.Measure;
import io.moondial.config.YamlWriter;
import io.moondial.rules.Rules.Network;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The section of the network, as {@link RulesPrinter} prints the others. */
final class NetworkPrinter {
    private final YamlWriter yaml;

    NetworkPrinter(YamlWriter yaml) {
        this.yaml = yaml;
    }

    void print(Network network) {
        switch (network) {
            case Network.Embedded embedded ->
                    yaml.section("embedded", () -> yaml.entry("ssns", embedded.ssns()));
            case Network.Sigtran sigtran ->
                    yaml.section("sigtran", () -> sigtran(sigtran.settings()));
        }
        yaml.section("tcap", () -> tcap(network.tcap()));
        yaml.section("sccp", () -> sccp(network.tcap().guards()));
    }

    private void tcap(TcapLimits tcap) {
        yaml.entry("max_dialogs", tcap.maxDialogs());
        yaml.entry("dialog_idle_timeout", tcap.idleTimeout());
        yaml.entry("invoke_timeout", tcap.invokeTimeout());
        yaml.entry("first_tid", tcap.firstTid());
        yaml.entry("last_tid", tcap.lastTid());
        Guards guards = tcap.guards();
        yaml.entry("origin_check", new YamlWriter.Word(guards.originCheck().word()));
        yaml.entry("max_unknown_id_answers", guards.unknownIdAnswers());
        yaml.entry("max_unknown_id_answers_per_far_end", guards.unknownIdAnswersPerFarEnd());
        yaml.entry("first_invoke_timeout", guards.firstInvokeTimeout());
        yaml.entry("max_without_invoke", guards.withoutInvoke());
    }

    private void sccp(Guards guards) {
        yaml.entry("max_reassemblies", guards.reassemblies());
        yaml.entry("max_reassemblies_per_far_end", guards.reassembliesPerFarEnd());
    }

    private void sigtran(SigtranSettings sigtran) {
        yaml.entry("point_code", sigtran.pointCode());
        yaml.entry("network_indicator", sigtran.networkIndicator());
        yaml.entry("ssns", sigtran.ssns());
        yaml.entry("global_title", sigtran.globalTitle());
        yaml.section(
                "application_servers",
                () -> sigtran.applicationServers().forEach(it -> yaml.item(server(it))));
        yaml.section(
                "remote_subsystems",
                () ->
                        sigtran.remoteSubsystems()
                                .forEach(
                                        it ->
                                                yaml.item(
                                                        entries(
                                                                "point_code",
                                                                it.pointCode(),
                                                                "ssn",
                                                                it.ssn()))));
        if (!sigtran.globalTitles().isEmpty()) {
            yaml.section(
                    "global_titles",
                    () ->
                            sigtran.globalTitles()
                                    .forEach(
                                            it ->
                                                    yaml.item(
                                                            entries(
                                                                    "prefix",
                                                                    it.prefix(),
                                                                    "point_code",
                                                                    it.pointCode()))));
        }
        links(sigtran.links());
    }

    private static Map<String, Object> entries(
            String key, Object value, String other, Object otherValue) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put(key, value);
        item.put(other, otherValue);
        return item;
    }

    private static Map<String, Object> server(ApplicationServer server) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("name", server.name());
        item.put("mode", server.mode().word());
        putGiven(item, "routing_context", server.routingContext());
        putGiven(item, "network_appearance", server.networkAppearance());
        item.put("traffic_mode", server.trafficMode().word());
        item.put("point_codes", server.pointCodes());
        item.put(
                "associations",
                server.associations().stream().map(NetworkPrinter::association).toList());
        return item;
    }

    private static Map<String, Object> association(Association association) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("name", association.name());
        item.put("transport", association.transport().word());
        item.put(association.listens() ? "listen" : "connect", association.address().toString());
        Endpoint local = association.local();
        putGiven(item, "local", local == null ? null : local.toString());
        if (!association.extraLocal().isEmpty()) {
            item.put("extra_local", association.extraLocal());
        }
        putGiven(item, "peer", association.peer());
        putGiven(item, "asp_identifier", association.aspIdentifier());
        Admission admission = association.admission();
        putGiven(item, "admission", admission == null ? null : Admission.SCHEMA.item(admission));
        return item;
    }

    private static void putGiven(Map<String, Object> item, String key, @Nullable Object value) {
        if (value != null) {
            item.put(key, value);
        }
    }

    private void links(Links links) {
        yaml.entry("reconnect_interval", links.reconnectInterval());
        Duration heartbeat = links.heartbeat();
        if (heartbeat == null) {
            yaml.entry("heartbeat", new YamlWriter.Word("auto"));
        } else {
            yaml.entry("heartbeat", heartbeat);
        }
        yaml.entry("ack_timeout", links.ackTimeout());
        yaml.entry("activation_timeout", links.activationTimeout());
        yaml.entry("max_unsent", new YamlWriter.Word(Measure.SIZE.format(links.maxUnsent())));
        yaml.entry("stall_timeout", links.stallTimeout());
        yaml.entry(
                "max_sccp_message",
                new YamlWriter.Word(Measure.SIZE.format(links.maxSccpMessage())));
        yaml.section("admission", () -> Admission.SCHEMA.print(yaml, links.admission()));
    }
}
