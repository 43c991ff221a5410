# The commands of the project: `make demo` and `make test` do all the set-up by themselves.
export PKG_CONFIG_PATH := $(CURDIR)/.deps/openvino:$(PKG_CONFIG_PATH)

.PHONY: setup build test lint format

setup:
	@./scripts/setup.sh

build: setup
	swift build -c release --product camstream

test: setup
	swift test

lint:
	swift format lint --strict -r Sources Tests Package.swift

format:
	swift format -i -r Sources Tests Package.swift
