# The commands of the project. `make demo` and `make test` do all the set-up by themselves, on Debian 12 with Swift.
#
#   make demo [INPUT=clip.mp4 MODEL=model.onnx CARD=card.yaml OUT=overlay.mp4]
#   make test | bench | benchmarks | lint | format
#   make fuzz [FUZZ_MINUTES=10]
#   make conformance | conformance-table | settings-docs
#   make test-docs | test-camera | test-survival | test-attack | test-browser | test-load | test-api | test-packaging | test-deb
#   make test-service | test-slurm | test-kubernetes | test-arm | test-outputs | test-mqtt
#   make test-dist | test-source | test-howto
#   make install | uninstall [PREFIX=/usr/local] [SYSCONFDIR=/etc] [DESTDIR=]
#   make deb | dist

export PKG_CONFIG_PATH := $(CURDIR)/.deps/openvino$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
INPUT ?= demo:
OUT ?= demo/overlay.mp4
FUZZ_MINUTES ?= 10
# Of debug builds and tests; the same for all, because other ones build everything anew.
export SWIFTFLAGS ?=

# The Swift runtime goes into the program, so that an installed one needs no Swift.
release := swift build -c release --product camstream --static-swift-stdlib
binary := .build/release/camstream
bindir := $(DESTDIR)$(PREFIX)/bin
libdir := $(DESTDIR)$(PREFIX)/lib/camstream
sharedir := $(DESTDIR)$(PREFIX)/share/camstream
docdir := $(DESTDIR)$(PREFIX)/share/doc/camstream
mandir := $(DESTDIR)$(PREFIX)/share/man/man1
# Where the shells look for completions; zsh in another place for what is no package.
zshdir := $(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
completions := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/camstream \
	$(DESTDIR)$(PREFIX)/share/zsh/$(zshdir)/_camstream \
	$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/camstream.fish
unitdir := $(DESTDIR)$(PREFIX)/lib/systemd/system
confdir := $(DESTDIR)$(SYSCONFDIR)/camstream
units := camstream@.service camstream@.socket
# Where things are, for what is installed.
placed := sed -e 's|/usr/bin/camstream|$(PREFIX)/bin/camstream|' -e 's|/etc/camstream|$(SYSCONFDIR)/camstream|' \
	-e 's|/usr/share/doc/camstream|$(PREFIX)/share/doc/camstream|'

.PHONY: setup build demo test test-docs test-camera test-survival test-attack test-browser test-load test-api test-packaging test-deb \
	test-service test-slurm test-kubernetes test-arm test-outputs test-mqtt fuzz bench-steady benchmarks conformance conformance-table settings-docs bench lint format install \
	uninstall deb dist test-dist test-source test-howto

setup:
	@./scripts/setup.sh

build: setup
	$(release)

demo: build
	@mkdir -p $(dir $(OUT))
	$(binary) --input '$(INPUT)' $(if $(MODEL),--model $(MODEL)) $(if $(CARD),--card $(CARD)) --out $(OUT) --force
	@echo "The overlay is in $(OUT)"

test: setup
	@./scripts/run-tests.sh $(SWIFTFLAGS)

# torchvision's architectures, exported and differentiated, against PyTorch's gradients; writes docs/project/conformance.md.
# Names of architectures go in CONFORMANCE, e.g. make conformance CONFORMANCE='ViT Swin'
conformance: setup
	@./Tests/Conformance/run.sh $(CONFORMANCE)

# The methods against other libraries: writes the table in docs/concepts/methods.md, which `make test` checks.
conformance-table: setup
	CAMSTREAM_UPDATE_DOCS=1 swift test $(SWIFTFLAGS) --filter theTableInTheDocsIsUpToDate

# The example of all settings and the tables of docs/reference/settings.md, from the settings' descriptions; `make test`
# checks them.
settings-docs: setup
	CAMSTREAM_UPDATE_DOCS=1 swift test $(SWIFTFLAGS) --filter whatIsMadeOfTheSettingsDescriptionsIsUpToDate

# A real V4L2 driver, in an emulated machine.
test-camera: build
	@./Tests/VM/run.sh

# Killed 50 times, stopped in every state, its disk full, its cameras lost at random. Options go in SURVIVAL, e.g. make test-survival SURVIVAL='--kills 5'
test-survival: build
	@python3 Tests/Survival/survive.py --binary $(binary) $(SURVIVAL)

# The commands of the README and of the guides as they are written, links and spelling. Options go in DOCS, e.g.
# make test-docs DOCS='--only README.md'
test-docs: build
	@./Tests/Docs/run.sh --binary $(binary) $(DOCS)

# Sends to real receivers, and fetches segments. Options go in OUTPUTS, e.g. make test-outputs OUTPUTS='--only rtsp hls'
test-outputs: build
	@./Tests/Outputs/run.sh --program $(binary) $(OUTPUTS)

# Attacked in every way that docs/reference/security.md has. Options go in ATTACK, e.g.
# make test-attack ATTACK='--only deletion-by-links'
test-attack: build
	@./scripts/apt-install.sh ffmpeg iproute2 openssl python3
	@python3 Tests/Attack/run.py --binary $(binary) $(ATTACK)

# MQTT and hooks against Debian's mosquitto, brokers that are none, and programs that never end. Options go in MQTT, e.g. make test-mqtt MQTT='--only hooks'
test-mqtt: build
	@./Tests/MQTT/run.sh --binary $(binary) $(MQTT)
	swift build --build-tests $(SWIFTFLAGS)
	swift test --skip-build $(SWIFTFLAGS) --filter BrokerTests

# A batch on a real Slurm of two nodes on this machine. Options go in SLURM, e.g. make test-slurm SLURM='--clips 60'
test-slurm: build
	@./scripts/apt-install.sh ffmpeg python3 slurm-client slurmctld slurmd
	@python3 Tests/Slurm/run.py --binary $(binary) $(SLURM)

# The loops of our own, for arm64 in an emulated processor. It needs Swift's compiler alone, and builds nothing else.
test-arm:
	@./Tests/Arm/run.sh

# The manifest of a batch against Kubernetes' schemas.
test-kubernetes:
	@./Tests/Kubernetes/run.sh

# The page in real browsers. Options go in BROWSER, e.g. make test-browser BROWSER='--browsers firefox --only keyboard'
test-browser: setup
	@./Tests/Browser/run.sh $(BROWSER)

# The HTTP server under load. Options go in LOAD, e.g. make test-load LOAD='--soak-minutes 10'
test-load: setup
	@./Tests/Load/run.sh $(LOAD)

# The HTTP server with schemathesis, promtool, nginx and Caddy. Options go in API, e.g. make test-api API='--only proxies'
test-api: setup
	@./Tests/API/run.sh $(API)

# Damaged inputs for all that reads what comes from outside, in release under the address sanitiser, so long for each reader.
# Options go in FUZZ, e.g. make fuzz FUZZ_MINUTES=60 FUZZ='--target http --seed 7'
# Every defect ends in SIGABRT or another signal, at which fuzz keeps the input; one allocation of 1 GB is a defect.
sanitiser := abort_on_error=1:handle_abort=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:$\
	detect_leaks=0:max_allocation_size_mb=1024:allocator_may_return_null=0
fuzz: setup
	swift build -c release --product fuzz --sanitize address --scratch-path .build/fuzz
	@# It is built too deep for the path to OpenVINO that is linked in.
	LD_LIBRARY_PATH=$(CURDIR)/.deps/openvino/lib ASAN_OPTIONS=$(sanitiser) .build/fuzz/release/fuzz --minutes $(FUZZ_MINUTES) --out .build/fuzz $(FUZZ)

# The units by systemd's own checks, the manual page by two readers, an installation and its removal.
test-packaging: build
	@./packaging/test.sh

# The Debian package on a clean Debian 12: installed, used, purged. Needs root.
test-deb: deb
	@./packaging/try-deb.sh

# The service under a real systemd with a real V4L2 driver, in an emulated machine. Needs root.
test-service: deb
	@./Tests/VM/service.sh

# Options of Benchmarks/bench.py go in BENCH, e.g. make bench BENCH='--rounds 9 --only race'
bench: build
	@./Benchmarks/setup.sh
	CAMSTREAM_BENCHMARKS=1 swift build -c release --product overlay-bench --static-swift-stdlib
	CAMSTREAM_BENCHMARKS=1 swift build -c release --product method-bench --static-swift-stdlib
	CAMSTREAM_BENCHMARKS=1 swift build -c release --product evaluate-bench --static-swift-stdlib
	@python3 Benchmarks/bench.py $(BENCH)

# Whether the programs in Benchmarks/ still compile, which no other build looks at.
benchmarks: setup
	CAMSTREAM_BENCHMARKS=1 swift build $(SWIFTFLAGS)

# How steady the maps are on clips that are drawn, with the model demo or MODEL; options go in STEADY, e.g.
# make bench-steady MODEL=resnet18 STEADY='--smoothing 0.3'
bench-steady: build
	@mkdir -p .build/steady
	$(binary) steady --input demo: $(if $(MODEL),--model $(MODEL)) $(if $(CARD),--card $(CARD)) \
		--out .build/steady/report.json --picture .build/steady/steady.png --force $(STEADY)

lint:
	swift format lint --strict --parallel -r Sources Tests Benchmarks Package.swift

format:
	swift format -i --parallel -r Sources Tests Benchmarks Package.swift

install: build
	install -d $(bindir) $(libdir) $(sharedir) $(mandir) $(unitdir) $(confdir)
	install -s -m 755 $(binary) $(bindir)/camstream
	install -m 644 .deps/openvino/lib/lib*.so.* .deps/openvino/lib/*_plugin.so \
		$(wildcard .deps/openvino/lib/cache.json) $(libdir)
	cp -r --no-preserve=mode,ownership configs models $(sharedir)
	@if [ -e .deps/models/imagenet/imagenet.onnx ]; then cp -r --no-preserve=mode,ownership .deps/models $(sharedir); \
	else echo "install: without the model imagenet, which 'make setup' makes where there is a network"; fi
	@# As in a checkout, so that the links between them hold.
	for page in $$(find LICENSE *.md docs $(wildcard models/*/*.md configs/*/*.md training/*.md) -type f); do \
		install -D -m 644 $$page $(docdir)/$$page || exit; done
	install -D -m 644 .deps/openvino/licenses/* -t $(docdir)/openvino
	./packaging/licences.sh $(docdir)/licences
	./packaging/sbom.py $(sharedir) >$(docdir)/camstream.spdx.json && chmod 644 $(docdir)/camstream.spdx.json
	for unit in $(units); do $(placed) packaging/$$unit >$(unitdir)/$$unit && chmod 644 $(unitdir)/$$unit; done
	./packaging/man.sh $(binary) | $(placed) >$(mandir)/camstream.1 && chmod 644 $(mandir)/camstream.1
	./packaging/completions.sh $(binary) $(DESTDIR)$(PREFIX)/share $(zshdir)
	@# A user may have made the example his own.
	test -e $(confdir)/example.yaml || install -m 644 configs/service.yaml $(confdir)/example.yaml

uninstall:
	rm -f $(bindir)/camstream $(mandir)/camstream.1 $(completions) $(units:%=$(unitdir)/%)
	rm -rf $(libdir) $(sharedir) $(docdir)
	if cmp -s configs/service.yaml $(confdir)/example.yaml; then rm $(confdir)/example.yaml; fi
	if [ -d $(confdir) ]; then rmdir --ignore-fail-on-non-empty $(confdir); fi

# The examples of the how-tos, built and tested in a copy of the sources.
test-howto: setup
	@./Tests/HowTo/run.sh

# The sources of the last commit, as an archive that builds without git's folder.
dist:
	@./packaging/make-dist.sh

# Whether that archive is whole and the same each time; a few seconds.
test-dist:
	@./packaging/test-dist.sh

# From that archive and Swift alone to a built program, on a clean Debian 12. Needs root, and about as long as a first build.
test-source: dist
	@./packaging/try-source.sh

deb: build
	@./packaging/make-deb.sh
