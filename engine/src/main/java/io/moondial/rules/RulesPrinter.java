package io.moondial.rules;

import io.moondial.config.YamlWriter;
import io.moondial.edr.EdrSettings;
import io.moondial.edr.StreamSettings;
import io.moondial.rules.Rules.Network;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration as a rules file that says everything: put in the place of the file it
 * came from, it is read to the same rules (but for the lines that triggers stand on).
 */
public final class RulesPrinter {
    private final YamlWriter yaml;

    private RulesPrinter(@Nullable Path folder) {
        yaml = new YamlWriter(folder);
    }

    /** The rules as YAML, one line a key or trigger; paths in the file's folder relative to it. */
    public static String print(Rules rules) {
        var printer = new RulesPrinter(rules.file().getParent());
        printer.rules(rules);
        return printer.yaml.toString();
    }

    private void rules(Rules rules) {
        yaml.section("process", () -> RulesFile.PROCESS.print(yaml, rules.process()));
        NotifySettings inboundNotify = rules.inboundNotify();
        if (inboundNotify != null) {
            yaml.section("notify", () -> RulesFile.NOTIFY.print(yaml, inboundNotify));
        }
        yaml.section("script", () -> RulesFile.SCRIPT.print(yaml, rules.script()));
        yaml.section("dialogs", () -> RulesFile.DIALOGS.print(yaml, rules.dialogs()));
        yaml.section("edr", () -> edr(rules.edr()));
        yaml.section("network", () -> network(rules.network()));
        yaml.section("control", () -> RulesFile.CONTROL.print(yaml, rules.control()));
        yaml.section("log", () -> RulesFile.LOG.print(yaml, rules.log()));
    }

    private void edr(EdrSettings edr) {
        yaml.entry("app_name", edr.appName());
        yaml.entry("retry_interval", edr.retryInterval());
        yaml.entry("max_backlog", edr.maxBacklog());
        yaml.entry("when_full", new YamlWriter.Word(EdrReader.name(edr.whenFull())));
        path("spill_directory", edr.spillDirectory());
        stream(edr.defaults());
        streams(new TreeMap<>(edr.streams()));
    }

    private void streams(SortedMap<String, StreamSettings> streams) {
        if (streams.isEmpty()) {
            yaml.entry("streams", Map.of());
        } else {
            yaml.section(
                    "streams",
                    () -> streams.forEach((name, it) -> yaml.section(name, () -> stream(it))));
        }
    }

    private void stream(StreamSettings stream) {
        path("directory", stream.directory());
        yaml.entry("max_file_edrs", stream.maxFileEdrs());
        yaml.entry("max_file_time", stream.maxFileTime());
        yaml.entry("max_flush_edrs", stream.maxFlushEdrs());
        yaml.entry("max_flush_time", stream.maxFlushTime());
        yaml.entry("durable", stream.durable());
        yaml.entry("mode", new YamlWriter.Word(stream.mode().octal()));
    }

    private void network(Network network) {
        new NetworkPrinter(yaml).print(network);
    }

    private void path(String key, Path path) {
        yaml.entry(key, yaml.relative(path));
    }
}
