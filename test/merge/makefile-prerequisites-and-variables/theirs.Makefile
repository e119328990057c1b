.PHONY: build test

IMAGE := orders:dev
NODE ?= 22

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build types
	npm ci
	npm test
	npm run lint
