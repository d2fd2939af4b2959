package io.moondial.edr.report;

import io.moondial.edr.Edr;
import java.nio.file.Path;

/**
 * A record, and where it stands.
 *
 * @param file as it was named when it was opened
 * @param line from 1
 */
public record PlacedRecord(Path file, int line, Edr edr) {}
