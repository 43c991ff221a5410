// Video4Linux 2 through libv4l2. Swift imports neither the VIDIOC_* macros nor variadic functions, and does not index
// the arrays in C structures.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const unsigned long shim_vidioc_querycap = VIDIOC_QUERYCAP;
static const unsigned long shim_vidioc_enuminput = VIDIOC_ENUMINPUT;
static const unsigned long shim_vidioc_g_input = VIDIOC_G_INPUT;
static const unsigned long shim_vidioc_query_dv_timings = VIDIOC_QUERY_DV_TIMINGS;
static const unsigned long shim_vidioc_s_dv_timings = VIDIOC_S_DV_TIMINGS;
static const unsigned long shim_vidioc_enum_fmt = VIDIOC_ENUM_FMT;
static const unsigned long shim_vidioc_enum_framesizes = VIDIOC_ENUM_FRAMESIZES;
static const unsigned long shim_vidioc_enum_frameintervals = VIDIOC_ENUM_FRAMEINTERVALS;
static const unsigned long shim_vidioc_try_fmt = VIDIOC_TRY_FMT;
static const unsigned long shim_vidioc_s_fmt = VIDIOC_S_FMT;
static const unsigned long shim_vidioc_g_parm = VIDIOC_G_PARM;
static const unsigned long shim_vidioc_s_parm = VIDIOC_S_PARM;
static const unsigned long shim_vidioc_query_ext_ctrl = VIDIOC_QUERY_EXT_CTRL;
static const unsigned long shim_vidioc_querymenu = VIDIOC_QUERYMENU;
static const unsigned long shim_vidioc_g_ext_ctrls = VIDIOC_G_EXT_CTRLS;
static const unsigned long shim_vidioc_s_ext_ctrls = VIDIOC_S_EXT_CTRLS;
static const unsigned long shim_vidioc_subscribe_event = VIDIOC_SUBSCRIBE_EVENT;
static const unsigned long shim_vidioc_dqevent = VIDIOC_DQEVENT;
static const unsigned long shim_vidioc_reqbufs = VIDIOC_REQBUFS;
static const unsigned long shim_vidioc_querybuf = VIDIOC_QUERYBUF;
static const unsigned long shim_vidioc_qbuf = VIDIOC_QBUF;
static const unsigned long shim_vidioc_dqbuf = VIDIOC_DQBUF;
static const unsigned long shim_vidioc_streamon = VIDIOC_STREAMON;
static const unsigned long shim_vidioc_streamoff = VIDIOC_STREAMOFF;

/// Makes libv4l2 write nothing to the terminal: our errors carry its error numbers.
static inline void shim_v4l2_silence(void) { v4l2_log_file = fopen("/dev/null", "w"); }

/// Opens a node, not blocking. Without conversion libv4l2 shows the driver's own formats only.
/// Returns a descriptor, or a negative errno.
static inline int shim_v4l2_open(const char *path, int converts) {
    int descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    if (v4l2_fd_open(descriptor, converts ? 0 : V4L2_DISABLE_CONVERSION) < 0) {
        int code = errno;
        close(descriptor);
        return code ? -code : -EINVAL;
    }
    return descriptor;
}

/// 0, or an errno.
static inline int shim_v4l2_ioctl(int descriptor, unsigned long request, void *argument) {
    int code;
    do code = v4l2_ioctl(descriptor, request, argument); while (code < 0 && errno == EINTR);
    return code < 0 ? errno : 0;
}

/// Maps a buffer with a readable page behind it, since scalers may read a vector past the end; NULL if it fails.
/// What libv4l2 converts lies in its own memory, which has room behind it.
static inline void *shim_v4l2_map(int descriptor, size_t length, size_t padded, long offset, int converts) {
    if (converts) {
        void *memory = v4l2_mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, offset);
        return memory == MAP_FAILED ? NULL : memory;
    }
    void *place = mmap(NULL, padded, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return NULL;
    void *memory = v4l2_mmap(place, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, offset);
    if (memory == place) return memory;
    munmap(place, padded);
    return NULL;
}

static inline void shim_v4l2_unmap(void *memory, size_t length, size_t padded, int converts) {
    // In one call, or another thread could get the place of the first part before the second is freed.
    if (converts) v4l2_munmap(memory, length);
    else munmap(memory, padded);
}

/// Puts a copy in the place of a buffer, so that nothing refers to the device any more while its bytes stay readable; a
/// thread that reads them notices nothing. 0, or an errno. What libv4l2 converts is no memory of the device.
static inline int shim_v4l2_detach(void *memory, size_t length, int converts) {
    if (converts) return 0;
    void *copy = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return errno;
    memcpy(copy, memory, length);
    // The C library declares mremap and its flags only under _GNU_SOURCE, which would make other types of this module than
    // of all others.
    const int may_move = 1, fixed = 2;
    if (syscall(SYS_mremap, copy, length, length, may_move | fixed, memory) != -1) return 0;
    int code = errno;
    munmap(copy, length);
    return code;
}

/// Whether a node is one of video4linux (Linux's devices.txt: character devices with major number 81).
static inline int shim_is_video_node(unsigned long long device) { return major(device) == 81; }

// Names in V4L2's structures are ended by a zero.
static inline const char *shim_card(const struct v4l2_capability *capability) { return (const char *)capability->card; }
static inline const char *shim_driver(const struct v4l2_capability *capability) { return (const char *)capability->driver; }
static inline const char *shim_bus(const struct v4l2_capability *capability) { return (const char *)capability->bus_info; }
static inline const char *shim_format_description(const struct v4l2_fmtdesc *format) { return (const char *)format->description; }
static inline const char *shim_control_name(const struct v4l2_query_ext_ctrl *control) { return control->name; }
static inline const char *shim_menu_name(const struct v4l2_querymenu *item) { return (const char *)item->name; }
static inline long long shim_menu_value(const struct v4l2_querymenu *item) { return item->value; }

/// A control's new value, for VIDIOC_S_EXT_CTRLS and VIDIOC_G_EXT_CTRLS; `string` goes before `value` if not NULL.
static inline struct v4l2_ext_control shim_ext_control(
    unsigned int id, int is_64_bit, long long value, char *string, unsigned int size) {
    struct v4l2_ext_control control;
    memset(&control, 0, sizeof control);
    control.id = id;
    control.size = string ? size : 0;
    if (string) control.string = string;
    else if (is_64_bit) control.value64 = value;
    else control.value = (int)value;
    return control;
}

static inline long long shim_ext_value(const struct v4l2_ext_control *control, int is_64_bit) {
    return is_64_bit ? control->value64 : control->value;
}

// What V4L2 means by "default" in a format's colours.
static inline unsigned int shim_matrix(unsigned int colorspace, unsigned int encoding) {
    return encoding ? encoding : V4L2_MAP_YCBCR_ENC_DEFAULT(colorspace);
}
static inline unsigned int shim_quantization(int is_rgb, unsigned int colorspace, unsigned int quantization) {
    return quantization ? quantization : V4L2_MAP_QUANTIZATION_DEFAULT(is_rgb, colorspace, 0);
}
static inline unsigned int shim_transfer(unsigned int colorspace, unsigned int transfer) {
    return transfer ? transfer : V4L2_MAP_XFER_FUNC_DEFAULT(colorspace);
}
