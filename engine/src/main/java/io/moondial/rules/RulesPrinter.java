package io.moondial.rules;

import io.moondial.config.Measure;
import io.moondial.config.YamlWriter;
import io.moondial.dialog.OnError;
import io.moondial.edr.EdrSettings;
import io.moondial.edr.StreamSettings;
import io.moondial.rules.Rules.Control;
import io.moondial.rules.Rules.Dialogs;
import io.moondial.rules.Rules.Network;
import io.moondial.rules.Rules.NotifyService;
import io.moondial.rules.Rules.ProcessService;
import io.moondial.rules.Rules.Script;
import io.moondial.rules.Trigger.Conditions;
import io.moondial.rules.Trigger.Overrides;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration as a rules file that says everything: put in the place of the file it
 * came from, it is read to the same rules (but for the lines that triggers stand on).
 */
public final class RulesPrinter {
    private final YamlWriter yaml = new YamlWriter();
    private final @Nullable Path folder;

    private RulesPrinter(@Nullable Path folder) {
        this.folder = folder;
    }

    /** The rules as YAML, one line a key or trigger; paths in the file's folder relative to it. */
    public static String print(Rules rules) {
        var printer = new RulesPrinter(rules.file().getParent());
        printer.rules(rules);
        return printer.yaml.toString();
    }

    private void rules(Rules rules) {
        yaml.section("process", () -> process(rules.process()));
        NotifyService inboundNotify = rules.inboundNotify();
        if (inboundNotify != null) {
            yaml.section("notify", () -> inboundNotify(inboundNotify));
        }
        yaml.section("script", () -> script(rules.script()));
        yaml.section("dialogs", () -> dialogs(rules.dialogs()));
        yaml.section("edr", () -> edr(rules.edr()));
        yaml.section("network", () -> network(rules.network()));
        yaml.section("control", () -> control(rules.control()));
        yaml.section("log", () -> yaml.word("level", rules.log().level()));
    }

    private void process(ProcessService service) {
        path("script_dir", service.scriptDir());
        yaml.entry("menu_timeout", service.menuTimeout());
        yaml.entry("error_message", service.errorMessage());
        yaml.word("on_error", service.onError().word());
        yaml.entry("dcs_language", service.dcsLanguage());
        yaml.entry("edr_stream", service.edrStream());
        triggers(service.triggers());
        yaml.entry("globals", service.globals());
    }

    private void inboundNotify(NotifyService service) {
        path("script_dir", service.scriptDir());
        yaml.entry("edr_stream", service.edrStream());
        triggers(service.triggers());
        yaml.entry("globals", service.globals());
    }

    private void triggers(TriggerTable table) {
        if (table.triggers().isEmpty()) {
            yaml.entry("triggers", List.of());
        } else {
            yaml.section("triggers", () -> table.triggers().forEach(it -> yaml.item(trigger(it))));
        }
    }

    private static Map<String, Object> trigger(Trigger trigger) {
        Map<String, Object> item = new LinkedHashMap<>();
        conditions(item, trigger.conditions());
        item.put("script_key", trigger.scriptKey());
        switch (trigger.mask()) {
            case null -> {}
            case DialledMask.After(int stars) -> item.put("mask", Map.of("after", stars));
            case DialledMask.Group group -> item.put("mask", Map.of("pattern", group.regex()));
        }
        overrides(item, trigger.overrides());
        return item;
    }

    private static void conditions(Map<String, Object> item, Conditions conditions) {
        putGiven(item, "ussd_string", conditions.ussdString());
        putGiven(item, "ussd_string_prefix", conditions.ussdStringPrefix());
        putGiven(item, "destination", conditions.destination());
        putGiven(item, "destination_prefix", conditions.destinationPrefix());
        putGiven(item, "origination", conditions.origination());
        putGiven(item, "origination_prefix", conditions.originationPrefix());
        putGiven(item, "msisdn", conditions.msisdn());
        putGiven(item, "msisdn_prefix", conditions.msisdnPrefix());
        putGiven(item, "imsi_prefix", conditions.imsiPrefix());
        putGiven(item, "source_gt_prefix", conditions.sourceGtPrefix());
        putGiven(item, "dest_ssn", conditions.destSsn());
    }

    private static void overrides(Map<String, Object> item, Overrides overrides) {
        putGiven(item, "menu_timeout", overrides.menuTimeout());
        putGiven(item, "max_time", overrides.maxTime());
        putGiven(item, "max_instructions", overrides.maxInstructions());
        Long maxMemory = overrides.maxMemory();
        putGiven(item, "max_memory", maxMemory == null ? null : Measure.SIZE.format(maxMemory));
        putGiven(item, "max_call_depth", overrides.maxCallDepth());
        Integer maxString = overrides.maxStringLength();
        putGiven(
                item,
                "max_string_length",
                maxString == null ? null : Measure.SIZE.format(maxString));
        OnError onError = overrides.onError();
        putGiven(item, "on_error", onError == null ? null : onError.word());
    }

    private static void putGiven(Map<String, Object> item, String key, @Nullable Object value) {
        if (value != null) {
            item.put(key, value);
        }
    }

    private void script(Script script) {
        yaml.entry("reload_interval", script.reloadInterval());
        yaml.entry("max_instructions", script.limits().maxInstructions());
        yaml.word("max_memory", Measure.SIZE.format(script.limits().maxMemory()));
        yaml.entry("max_time", script.limits().maxTime());
        yaml.entry("max_call_depth", script.limits().maxCallDepth());
        yaml.word("max_string_length", Measure.SIZE.format(script.limits().maxStringLength()));
        yaml.entry("grace_time", script.graceTime());
        yaml.entry("max_kills", script.breaker().maxKills());
        yaml.entry("max_kills_time", script.breaker().within());
        yaml.entry("switch_off_time", script.breaker().pause());
        yaml.entry("max_log_lines", script.shares().maxLogLines());
        yaml.entry("max_stat_names", script.shares().maxStatNames());
        yaml.entry("max_stat_names_in_all", script.shares().maxStatNamesInAll());
    }

    private void dialogs(Dialogs dialogs) {
        yaml.entry("max", dialogs.max());
        yaml.word("max_heap", dialogs.maxHeapPercent() + "%");
        yaml.entry("stop_timeout", dialogs.stopTimeout());
    }

    private void edr(EdrSettings edr) {
        yaml.entry("app_name", edr.appName());
        yaml.entry("retry_interval", edr.retryInterval());
        yaml.entry("max_backlog", edr.maxBacklog());
        yaml.word("when_full", EdrReader.name(edr.whenFull()));
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
        yaml.word("mode", stream.mode().octal());
    }

    private void network(Network network) {
        new NetworkPrinter(yaml).print(network);
    }

    private void control(Control control) {
        path("socket", control.socket());
        yaml.entry("max_connections", control.maxConnections());
        yaml.entry("timeout", control.timeout());
        yaml.entry("reconcile_interval", control.reconcileInterval());
        yaml.entry("reconcile_looks", control.reconcileLooks());
    }

    private void path(String key, Path path) {
        yaml.entry(key, relative(path).toString());
    }

    private Path relative(Path path) {
        return folder != null
                        && path.startsWith(folder)
                        && path.getNameCount() > folder.getNameCount()
                ? path.subpath(folder.getNameCount(), path.getNameCount())
                : path;
    }
}
