// Inference alone: what the engine itself costs per picture, through its own C API in one process.
//
// The model is loaded once; CPU and wall time are taken around the loop only, start-up is reported beside it.
// One JSON object on standard output; one line on standard error and exit code 1 if anything fails.

#include <openvino/c/openvino.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    const char *model;
    const char *hint;       // default | latency | throughput | one-thread
    const char *precision;  // auto | f32 | bf16 | f16
    const char *cache;      // folder of compiled models, or NULL
    const char *mmap;       // yes | no, or NULL for the engine's default
    bool from_memory;       // hand the model over as bytes, as a program does that has rewritten the graph
    bool bytes_input;       // u8 NHWC RGB, converted inside the engine, instead of the model's own input
    bool dynamic_batch;     // leave a dynamic batch dynamic
    int runs;
    int requests;           // in flight; 0: one when the hint is not throughput, else what the engine says
} Options;

_Noreturn static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("bare_inference: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static void check(ov_status_e status, const char *what) {
    if (status != OK) fail("%s: %s", what, ov_get_error_info(status));
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double wall_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/// A line of /proc/self/status, in MB; 0 where the kernel has no such line.
static double memory_megabytes(const char *key) {
    FILE *file = fopen("/proc/self/status", "r");
    if (!file) return 0;
    char line[256];
    double kilobytes = 0;
    size_t length = strlen(key);
    while (fgets(line, sizeof line, file))
        if (!strncmp(line, key, length) && line[length] == ':') kilobytes = atof(line + length + 1);
    fclose(file);
    return kilobytes / 1024;
}

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    if (!bytes || fread(bytes, 1, *length, file) != *length) fail("cannot read %s", path);
    bytes[*length] = 0;
    fclose(file);
    return bytes;
}

static ov_model_t *read_model(ov_core_t *core, const Options *options) {
    ov_model_t *model = NULL;
    if (!options->from_memory) {
        check(ov_core_read_model(core, options->model, NULL, &model), "read_model");
        return model;
    }
    size_t length;
    char *bytes = read_file(options->model, &length);
    check(ov_core_read_model_from_memory_buffer(core, bytes, length, NULL, &model), "read_model_from_memory_buffer");
    free(bytes);
    return model;
}

/// Sets a dynamic batch to 1: the engine plans its memory once instead of per call.
static void fix_batch(ov_model_t *model) {
    ov_output_const_port_t *port = NULL;
    ov_partial_shape_t shape;
    check(ov_model_const_input(model, &port), "const_input");
    check(ov_port_get_partial_shape(port, &shape), "get_partial_shape");
    if (ov_partial_shape_is_dynamic(shape)) {
        shape.dims[0] = (ov_dimension_t){1, 1};
        check(ov_model_reshape_single_input(model, shape), "reshape");
    }
    ov_partial_shape_free(&shape);
    ov_output_const_port_free(port);
}

/// Puts u8 NHWC -> float NCHW and (x - 127.5) / 127.5 in front of the graph.
static ov_model_t *with_bytes_input(ov_model_t *model) {
    ov_preprocess_prepostprocessor_t *processor = NULL;
    ov_preprocess_input_info_t *input = NULL;
    ov_preprocess_input_tensor_info_t *tensor = NULL;
    ov_preprocess_preprocess_steps_t *steps = NULL;
    ov_preprocess_input_model_info_t *inner = NULL;
    ov_layout_t *nhwc = NULL, *nchw = NULL;
    ov_model_t *built = NULL;
    check(ov_layout_create("NHWC", &nhwc), "layout");
    check(ov_layout_create("NCHW", &nchw), "layout");
    check(ov_preprocess_prepostprocessor_create(model, &processor), "prepostprocessor");
    check(ov_preprocess_prepostprocessor_get_input_info(processor, &input), "input_info");
    check(ov_preprocess_input_info_get_tensor_info(input, &tensor), "tensor_info");
    check(ov_preprocess_input_tensor_info_set_element_type(tensor, U8), "set_element_type");
    check(ov_preprocess_input_tensor_info_set_layout(tensor, nhwc), "set_layout");
    check(ov_preprocess_input_info_get_model_info(input, &inner), "model_info");
    check(ov_preprocess_input_model_info_set_layout(inner, nchw), "set_layout");
    check(ov_preprocess_input_info_get_preprocess_steps(input, &steps), "steps");
    check(ov_preprocess_preprocess_steps_convert_element_type(steps, F32), "convert_element_type");
    check(ov_preprocess_preprocess_steps_mean(steps, 127.5f), "mean");
    check(ov_preprocess_preprocess_steps_scale(steps, 127.5f), "scale");
    check(ov_preprocess_prepostprocessor_build(processor, &built), "build");
    ov_preprocess_preprocess_steps_free(steps);
    ov_preprocess_input_model_info_free(inner);
    ov_preprocess_input_tensor_info_free(tensor);
    ov_preprocess_input_info_free(input);
    ov_preprocess_prepostprocessor_free(processor);
    ov_layout_free(nhwc);
    ov_layout_free(nchw);
    ov_model_free(model);
    return built;
}

static ov_compiled_model_t *compile(ov_core_t *core, const ov_model_t *model, const Options *options) {
    ov_property_t properties[8];
    size_t count = 0;
    if (!strcmp(options->hint, "latency")) {
        properties[count++] = (ov_property_t){ov_property_key_hint_performance_mode, "LATENCY"};
    } else if (!strcmp(options->hint, "throughput")) {
        properties[count++] = (ov_property_t){ov_property_key_hint_performance_mode, "THROUGHPUT"};
    } else if (!strcmp(options->hint, "one-thread")) {
        properties[count++] = (ov_property_t){ov_property_key_inference_num_threads, "1"};
        properties[count++] = (ov_property_t){ov_property_key_num_streams, "1"};
    } else if (strcmp(options->hint, "default")) {
        fail("--hint %s: one of default, latency, throughput, one-thread", options->hint);
    }
    if (strcmp(options->precision, "auto"))
        properties[count++] = (ov_property_t){ov_property_key_hint_inference_precision, options->precision};
    if (options->cache) properties[count++] = (ov_property_t){ov_property_key_cache_dir, options->cache};
    if (options->mmap)
        properties[count++] =
            (ov_property_t){ov_property_key_enable_mmap, strcmp(options->mmap, "yes") ? "NO" : "YES"};
    ov_compiled_model_t *compiled = NULL;
    check(ov_core_compile_model_props(core, model, "CPU", count, properties, &compiled), "compile_model");
    return compiled;
}

static int requests_in_flight(const ov_compiled_model_t *compiled, const Options *options) {
    if (options->requests > 0) return options->requests;
    if (strcmp(options->hint, "throughput")) return 1;
    char *text = NULL;
    check(ov_compiled_model_get_property(compiled, ov_property_key_optimal_number_of_infer_requests, &text),
          "optimal_number_of_infer_requests");
    int requests = atoi(text);
    ov_free(text);
    return requests > 0 ? requests : 1;
}

/// The same noise in every input, so that no run gets an easier picture than another.
static void fill_input(ov_infer_request_t *request) {
    ov_tensor_t *tensor = NULL;
    ov_element_type_e type;
    size_t bytes;
    void *data;
    check(ov_infer_request_get_input_tensor(request, &tensor), "get_input_tensor");
    check(ov_tensor_get_element_type(tensor, &type), "get_element_type");
    check(ov_tensor_get_byte_size(tensor, &bytes), "get_byte_size");
    check(ov_tensor_data(tensor, &data), "tensor_data");
    unsigned state = 1;
    for (size_t i = 0; i < bytes / (type == F32 ? 4 : type == F16 ? 2 : 1); i++) {
        state = state * 1664525u + 1013904223u;
        if (type == F32) ((float *)data)[i] = (float)(state >> 8) / 8388608.0f - 1;
        else if (type == F16) ((unsigned short *)data)[i] = (unsigned short)(0x3400 + (state >> 22));
        else ((unsigned char *)data)[i] = (unsigned char)(state >> 24);
    }
    ov_tensor_free(tensor);
}

/// Gives an input with a dynamic batch its shape; the others have one already.
static void shape_input(ov_infer_request_t *request) {
    ov_tensor_t *tensor = NULL;
    ov_shape_t shape;
    check(ov_infer_request_get_input_tensor(request, &tensor), "get_input_tensor");
    check(ov_tensor_get_shape(tensor, &shape), "get_shape");
    if (shape.dims[0] == 0) {
        shape.dims[0] = 1;
        check(ov_tensor_set_shape(tensor, shape), "set_shape");
    }
    ov_shape_free(&shape);
    ov_tensor_free(tensor);
}

static void run(ov_infer_request_t **requests, int in_flight, int runs) {
    if (in_flight == 1) {
        for (int i = 0; i < runs; i++) check(ov_infer_request_infer(requests[0]), "infer");
        return;
    }
    for (int i = 0; i < runs + in_flight; i++) {
        ov_infer_request_t *request = requests[i % in_flight];
        if (i >= in_flight) check(ov_infer_request_wait(request), "wait");
        if (i < runs) check(ov_infer_request_start_async(request), "start_async");
    }
}

static void print_property(const ov_compiled_model_t *compiled, const char *name, const char *key) {
    char *text = NULL;
    check(ov_compiled_model_get_property(compiled, key, &text), key);
    printf("\"%s\": \"%s\", ", name, text);
    ov_free(text);
}

static Options parse(int count, char **arguments) {
    Options options = {.hint = "default", .precision = "auto", .runs = 300};
    for (int i = 1; i < count; i++) {
        const char *name = arguments[i];
        if (!strcmp(name, "--from-memory")) options.from_memory = true;
        else if (!strcmp(name, "--bytes-input")) options.bytes_input = true;
        else if (!strcmp(name, "--dynamic-batch")) options.dynamic_batch = true;
        else if (i + 1 == count) fail("%s: unknown, or its value is missing", name);
        else if (!strcmp(name, "--model")) options.model = arguments[++i];
        else if (!strcmp(name, "--hint")) options.hint = arguments[++i];
        else if (!strcmp(name, "--precision")) options.precision = arguments[++i];
        else if (!strcmp(name, "--cache")) options.cache = arguments[++i];
        else if (!strcmp(name, "--mmap")) options.mmap = arguments[++i];
        else if (!strcmp(name, "--runs")) options.runs = atoi(arguments[++i]);
        else if (!strcmp(name, "--requests")) options.requests = atoi(arguments[++i]);
        else fail("%s: unknown option", name);
    }
    if (!options.model || options.runs < 1) fail("needs --model FILE and --runs of at least 1");
    return options;
}

int main(int count, char **arguments) {
    const Options options = parse(count, arguments);
    const double start_cpu = cpu_seconds(), start_wall = wall_seconds();
    ov_core_t *core = NULL;
    check(ov_core_create(&core), "core_create");
    ov_model_t *model = read_model(core, &options);
    if (!options.dynamic_batch) fix_batch(model);
    if (options.bytes_input) model = with_bytes_input(model);
    ov_compiled_model_t *compiled = compile(core, model, &options);
    ov_model_free(model);
    const int in_flight = requests_in_flight(compiled, &options);
    ov_infer_request_t **requests = calloc((size_t)in_flight, sizeof *requests);
    if (!requests) fail("out of memory");
    for (int i = 0; i < in_flight; i++) {
        check(ov_compiled_model_create_infer_request(compiled, &requests[i]), "create_infer_request");
        if (options.dynamic_batch) shape_input(requests[i]);
        fill_input(requests[i]);
    }
    const double ready_cpu = cpu_seconds(), ready_wall = wall_seconds();
    const double rss = memory_megabytes("VmRSS"), anonymous = memory_megabytes("RssAnon");

    run(requests, in_flight, 2 * in_flight + 10);  // the first calls still allocate and lay out weights
    const double loop_cpu = cpu_seconds(), loop_wall = wall_seconds();
    run(requests, in_flight, options.runs);
    const double end_cpu = cpu_seconds(), end_wall = wall_seconds();

    printf("{\"hint\": \"%s\", \"precision\": \"%s\", \"requests\": %d, ", options.hint, options.precision, in_flight);
    print_property(compiled, "engine_precision", ov_property_key_hint_inference_precision);
    print_property(compiled, "engine_streams", ov_property_key_num_streams);
    print_property(compiled, "engine_threads", ov_property_key_inference_num_threads);
    printf("\"runs\": %d, \"cpu_ms\": %.3f, \"wall_ms\": %.3f, ", options.runs,
           1e3 * (end_cpu - loop_cpu) / options.runs, 1e3 * (end_wall - loop_wall) / options.runs);
    printf("\"start_cpu_ms\": %.0f, \"start_wall_ms\": %.0f, ", 1e3 * (ready_cpu - start_cpu),
           1e3 * (ready_wall - start_wall));
    printf("\"rss_mb\": %.0f, \"rss_anonymous_mb\": %.0f, \"rss_after_mb\": %.0f, \"rss_peak_mb\": %.0f}\n", rss,
           anonymous, memory_megabytes("VmRSS"), memory_megabytes("VmHWM"));

    for (int i = 0; i < in_flight; i++) ov_infer_request_free(requests[i]);
    free(requests);
    ov_compiled_model_free(compiled);
    ov_core_free(core);
    return 0;
}
