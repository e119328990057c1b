# How to build.
ifeq ($(CI),true)
FLAGS = --ci
else
FLAGS =
endif

define help
Usage: make build|test
endef

build:
	@echo building
	npm run build $(FLAGS)

test: build
	npm test
