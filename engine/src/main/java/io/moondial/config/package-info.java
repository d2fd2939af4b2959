/**
 * Strict reading of settings that a person wrote in YAML: a tree whose nodes know their places, and
 * a typed reader over it that collects every problem instead of stopping at the first.
 */
@NullMarked
package io.moondial.config;

import org.jspecify.annotations.NullMarked;
