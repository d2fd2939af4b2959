package io.moondial.config;

import java.nio.file.Path;
import java.util.Map;

/** Takes keys of an item of a list, which has no sections. */
record ItemWriter(Map<String, Object> item) implements SettingsWriter {
    @Override
    public void section(String key, Runnable body) {
        throw new IllegalStateException("no part of an item: " + key);
    }

    @Override
    public void entry(String key, Object value) {
        item.put(key, value);
    }

    @Override
    public void item(Map<String, ?> inner) {
        throw new IllegalStateException("no part of an item: " + inner);
    }

    @Override
    public String relative(Path path) {
        throw new IllegalStateException("an item has no paths: " + path);
    }
}
